// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a topic is.
///
/// @param phase READY; DELETING as long as its name is taken after its deletion; DELETED in lists of deleted topics
/// @param internal whether it keeps the cluster's own state
/// @param createdEntry the metalog entry that made it
/// @param deletedAt null while it lives
/// @param restorableUntil from when on a deleted topic may be gone for good; null while it lives
public record TopicStatus(
        Phase phase,
        boolean internal,
        int createdEntry,
        @Nullable Instant deletedAt,
        @Nullable Instant restorableUntil) {}
