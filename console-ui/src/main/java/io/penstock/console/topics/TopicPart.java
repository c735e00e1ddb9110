// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import com.vaadin.flow.component.Component;

/// A feature's place on the page of a topic, above its settings. One bean each, in the order of `@Order`.
public interface TopicPart {
    /// A new content for one page.
    Component content(String cluster, String topic);
}
