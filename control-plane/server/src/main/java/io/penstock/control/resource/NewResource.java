// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.time.Instant;
import java.util.Map;

/// What is known of a resource when it is made.
///
/// @param createdBy id of who asked for it
public record NewResource(
        String name, Map<String, String> labels, boolean deletionProtection, String createdBy, Instant at) {
    public NewResource {
        labels = Map.copyOf(labels);
    }
}
