// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import org.apache.kafka.common.Uuid;

/// A partition by its topic's id: names come and go, ids stay.
public record TopicPartitionId(Uuid topicId, int partition) implements Comparable<TopicPartitionId> {
    public TopicPartitionId {
        if (partition < 0) {
            throw new IllegalArgumentException("not a partition: " + partition);
        }
    }

    @Override
    public int compareTo(TopicPartitionId other) {
        int byTopic = topicId.compareTo(other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topicId + "-" + partition;
    }
}
