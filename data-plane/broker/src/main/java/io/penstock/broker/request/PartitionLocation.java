// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.log.ClusterLog;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.ShardId;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Where a partition is to be found, as the image says.
public sealed interface PartitionLocation {
    /// Led by this broker's present incarnation. Its log may still have it not open yet, or no more: then the
    /// log says so.
    record Here(ClusterLog log, PartitionRef ref, int leaderEpoch) implements PartitionLocation {
        /// Whether a client that knows this leader epoch may go on (KIP-320). Both answers that say no are true
        /// also if we were fenced meanwhile: epochs only grow.
        ///
        /// @param known −1 if the client does not say
        public Errors check(int known) {
            if (known == -1 || known == leaderEpoch) {
                return Errors.NONE;
            }
            return known < leaderEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
        }
    }

    /// Led by another broker, or by nobody for the moment.
    record Elsewhere(Optional<Leader> leader) implements PartitionLocation {}

    /// There is no such partition.
    record Unknown() implements PartitionLocation {}

    static PartitionLocation of(ClusterContext cluster, ClusterImage image, Uuid topicId, int partition) {
        Optional<ShardId> shard = image.shardOf(topicId, partition);
        if (shard.isEmpty()) {
            return new Unknown();
        }
        Optional<Leader> leader = image.shards().leader(shard.get());
        Optional<ClusterLog> log = cluster.log();
        if (leader.isPresent()
                && log.isPresent()
                && leader.get().incarnation().equals(log.get().incarnation())) {
            return new Here(
                    log.get(),
                    new PartitionRef(shard.get(), topicId, partition),
                    leader.get().epoch().number());
        }
        return new Elsewhere(leader);
    }
}
