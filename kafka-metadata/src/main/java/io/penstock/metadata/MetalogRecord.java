// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// One fact in a metalog entry: a record of Kafka's own metadata log, or one of Penstock's.
public sealed interface MetalogRecord {

    /// A record of Kafka's: topics, configs, feature levels, ACLs, SCRAM credentials, client quotas.
    ///
    /// `PartitionRecord` and its kin never travel: they would say for every partition what [PartitionsPlaced] says
    /// for all, and their leader fields say nothing here.
    record Kafka(ApiMessageAndVersion message) implements MetalogRecord {}

    /// The cluster's settings, all of them. The number of shards never changes.
    record SettingsWritten(ClusterSettings settings) implements MetalogRecord {}

    /// The shard's leader from now on, at the leader epoch that is this entry's number.
    record ShardAssigned(ShardId shard, Incarnation incarnation) implements MetalogRecord {}

    /// An incarnation and where clients reach it. Rides with its first assignment, or later when its endpoint
    /// changes.
    ///
    /// @param brokerEpoch orders incarnations of one node id
    record IncarnationAnnounced(
            Incarnation incarnation, int nodeId, String host, int port, Optional<String> zone, long brokerEpoch)
            implements MetalogRecord {
        public IncarnationAnnounced {
            if (nodeId < 0 || port < 1 || port > 65535 || host.isBlank()) {
                throw new IllegalArgumentException("not an endpoint: node " + nodeId + " at '" + host + "':" + port);
            }
        }
    }

    /// The incarnation leads nothing from now on: all its shards are reassigned in this entry or were before. Whoever
    /// follows it seals its WAL for all.
    record IncarnationRetired(Incarnation incarnation) implements MetalogRecord {}

    /// Creates partitions `firstPartition` to `firstPartition + count − 1` of a topic, each in the shard after its
    /// neighbour's, the first in `firstShard`.
    record PartitionsPlaced(Uuid topicId, int firstPartition, int count, ShardId firstShard) implements MetalogRecord {
        public PartitionsPlaced {
            if (firstPartition < 0 || count < 1 || firstPartition > Integer.MAX_VALUE - count) {
                throw new IllegalArgumentException("not partitions: " + count + " from " + firstPartition);
            }
        }
    }

    /// What the topic's creator asked for, to be echoed.
    record ReplicationFactorRemembered(Uuid topicId, int replicationFactor) implements MetalogRecord {
        public ReplicationFactorRemembered {
            if (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE) {
                throw new IllegalArgumentException("not a replication factor: " + replicationFactor);
            }
        }
    }

    /// The DROP of a topic that was removed for good is durable wherever it must be: nothing of it is left to be said,
    /// and its name is free.
    record TopicDropped(Uuid topicId) implements MetalogRecord {}

    /// The topic is deleted for clients, and kept as it is, to be restored or purged later. Its name stays taken until
    /// [TopicNameFreed].
    record TopicDeleted(Uuid topicId) implements MetalogRecord {}

    /// Every leader of a part of the deleted topic knows that it is deleted: another topic may have its name.
    record TopicNameFreed(Uuid topicId) implements MetalogRecord {}

    /// The deleted topic lives again, under its id and name, with the configs and the partitions that it had.
    record TopicRestored(Uuid topicId) implements MetalogRecord {}

    /// The deleted topic cannot be restored any more: its leaders make DROP durable, and [TopicDropped] ends it.
    record TopicPurged(Uuid topicId) implements MetalogRecord {}

    /// The shard's manifest says that all epochs below this one are closed: the image need not list them any more.
    record Checkpoint(ShardId shard, LeaderEpoch below) implements MetalogRecord {}

    /// The user name stands for a principal. Said again for a user name that is known: it expires at another time.
    record CredentialIssued(Credential credential) implements MetalogRecord {}

    /// The user name opens nothing any more.
    record CredentialRevoked(String user) implements MetalogRecord {}

    /// What the cluster's tenant may use of the brokers, from now on.
    record TenantLimited(TenantLimits limits) implements MetalogRecord {}

    /// The control plane that writes this owns the cluster from now on; entries of others are void.
    record Claim(UUID controlPlane) implements MetalogRecord {}
}
