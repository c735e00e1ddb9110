// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.ShardId;
import org.apache.kafka.common.Uuid;

/// A partition and the shard it belongs to for life. Everything is keyed by topic id, never by name.
public record PartitionRef(ShardId shard, Uuid topicId, int partition) {
    @Override
    public String toString() {
        return topicId + "-" + partition + "@" + shard;
    }
}
