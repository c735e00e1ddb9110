// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/// A topic as its row tells it.
///
/// @param dropping deleted; its name is taken until every leader has dropped its part
/// @param changedEntry the metalog entry that changed it last: its version
public record TopicView(
        Uuid id,
        String name,
        int partitions,
        int replicationFactor,
        boolean internal,
        Map<String, String> configs,
        boolean dropping,
        int createdEntry,
        int changedEntry,
        Instant createdAt,
        Instant updatedAt) {
    public TopicView {
        configs = Map.copyOf(configs);
    }
}
