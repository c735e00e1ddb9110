// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;

/// One fact about a resource that people wait for.
public record Condition(String type, Status status, String reason, String message, Instant lastTransitionAt) {
    /// Whether the fact holds.
    public enum Status {
        TRUE,
        FALSE,
        UNKNOWN
    }
}
