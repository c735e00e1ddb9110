// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.util.Map;

/// The part of a resource that its owner may change at any time.
public record Description(String name, Map<String, String> labels, boolean deletionProtection) {
    public Description {
        labels = Map.copyOf(labels);
    }
}
