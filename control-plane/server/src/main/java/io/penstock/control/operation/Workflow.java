// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import java.util.List;

/// A kind of operation. Every kind is a bean, so that tests find all of them.
///
/// @param type as callers see it: `cluster.create`
/// @param steps in order, as callers see them
public record Workflow(String type, List<String> steps) {
    public Workflow {
        steps = List.copyOf(steps);
    }
}
