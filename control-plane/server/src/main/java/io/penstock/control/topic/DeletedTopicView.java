// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/// A deleted topic that can be restored, as its row tells it.
///
/// @param configs that it had
/// @param deletedEntry the metalog entry that deleted it: its version
/// @param restorableUntil from when on it may be purged
public record DeletedTopicView(
        Uuid id,
        String name,
        int partitions,
        int replicationFactor,
        Map<String, String> configs,
        int createdEntry,
        Instant createdAt,
        int deletedEntry,
        Instant deletedAt,
        Instant restorableUntil) {
    public DeletedTopicView {
        configs = Map.copyOf(configs);
    }

    /// Where it stands in a list: names of deleted topics may repeat.
    String sortKey() {
        return name + "/" + TopicRows.uuid(id);
    }
}
