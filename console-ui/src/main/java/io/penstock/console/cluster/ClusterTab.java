// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.cluster;

import com.vaadin.flow.component.Component;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;

/// A feature's place on the page of a cluster. One bean each, in the order of `@Order`.
public interface ClusterTab {
    /// The last part of its address.
    String path();

    String title();

    /// A new content for one page.
    Component content(Resource<ClusterSpec, ClusterStatus> cluster);
}
