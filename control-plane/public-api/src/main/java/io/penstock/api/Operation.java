// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A long-running request that a caller can follow. Kept for 30 days after its end.
public record Operation(
        String apiVersion,
        String kind,
        String id,
        String type,
        State state,
        ResourceRef resource,
        Progress progress,
        @Nullable Problem error,
        String requestedBy,
        String requestId,
        @Nullable String idempotencyKey,
        Instant createdAt,
        @Nullable Instant finishedAt) {

    /// Where it is.
    public enum State {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        public boolean ended() {
            return this == SUCCEEDED || this == FAILED || this == CANCELLED;
        }
    }

    /// How far it is.
    ///
    /// @param step name of the step under way; null before the first and after the last
    public record Progress(int percent, @Nullable String step, List<Step> steps) {}

    /// One step of it.
    public record Step(
            String name,
            State state,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String message) {}
}
