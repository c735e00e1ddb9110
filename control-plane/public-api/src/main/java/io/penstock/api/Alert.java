// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A rule's condition holds, or held.
///
/// @param state FIRING or RESOLVED
/// @param value when it began
public record Alert(
        String apiVersion,
        String kind,
        String id,
        String ruleId,
        String tenantId,
        String clusterId,
        String state,
        double value,
        Instant since,
        @Nullable Instant endedAt) {}
