// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.ConfigRecord;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// Composes the records of a change. Nothing here decides anything: names, counts and configs were checked before.
public final class MetalogRecords {
    private MetalogRecords() {}

    /// What the first entry of a cluster says: its settings and its feature levels.
    public static List<MetalogRecord> createCluster(ClusterSettings settings) {
        List<MetalogRecord> records = new ArrayList<>();
        records.add(new MetalogRecord.SettingsWritten(settings));
        Features.atCreation().forEach((name, level) -> {
            if (level > 0) {
                records.add(kafka(new FeatureLevelRecord().setName(name).setFeatureLevel(level)));
            }
        });
        return records;
    }

    public static MetalogRecord settings(ClusterSettings settings) {
        return new MetalogRecord.SettingsWritten(settings);
    }

    /// First entry of a control plane that attaches a cluster.
    public static MetalogRecord claim(UUID controlPlane) {
        return new MetalogRecord.Claim(controlPlane);
    }

    /// @param shards of the cluster
    /// @param configs what the creator set, checked by [TopicConfigs]
    public static List<MetalogRecord> createTopic(
            String name, Uuid id, int partitions, int replicationFactor, int shards, Map<String, String> configs) {
        List<MetalogRecord> records = new ArrayList<>();
        records.add(kafka(new TopicRecord().setName(name).setTopicId(id)));
        records.add(new MetalogRecord.PartitionsPlaced(id, 0, partitions, ShardPlacement.shardOf(id, 0, shards)));
        records.add(new MetalogRecord.ReplicationFactorRemembered(id, replicationFactor));
        SortedMap<String, Optional<String>> set = new TreeMap<>();
        configs.forEach((key, value) -> set.put(key, Optional.of(value)));
        records.addAll(setConfigs(new ConfigResource(ConfigResource.Type.TOPIC, name), set));
        return records;
    }

    /// Deletes a topic so that it can be restored until [#purgeTopic]. Its name stays taken until [#freeName].
    public static MetalogRecord softDeleteTopic(Uuid id) {
        return new MetalogRecord.TopicDeleted(id);
    }

    /// Another topic may have the deleted topic's name.
    public static MetalogRecord freeName(Uuid id) {
        return new MetalogRecord.TopicNameFreed(id);
    }

    /// Takes [#softDeleteTopic] back.
    public static MetalogRecord restoreTopic(Uuid id) {
        return new MetalogRecord.TopicRestored(id);
    }

    /// The time to restore a deleted topic is over; [#topicDropped] follows.
    public static MetalogRecord purgeTopic(Uuid id) {
        return new MetalogRecord.TopicPurged(id);
    }

    /// Deletes a topic for good. Its name stays taken until [#topicDropped].
    public static List<MetalogRecord> deleteTopic(Uuid id) {
        return List.of(kafka(new RemoveTopicRecord().setTopicId(id)));
    }

    /// The DROP of a topic that cannot be restored is durable for all of its shards.
    public static MetalogRecord topicDropped(Uuid id) {
        return new MetalogRecord.TopicDropped(id);
    }

    /// @param present how many partitions the topic has
    /// @param total how many it is to have
    public static List<MetalogRecord> addPartitions(Uuid id, int present, int total, int shards) {
        return List.of(new MetalogRecord.PartitionsPlaced(
                id, present, total - present, ShardPlacement.shardOf(id, present, shards)));
    }

    /// @param changes name → new value; empty: back to the default
    public static List<MetalogRecord> setConfigs(ConfigResource resource, Map<String, Optional<String>> changes) {
        List<MetalogRecord> records = new ArrayList<>();
        new TreeMap<>(changes)
                .forEach((name, value) -> records.add(kafka(new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(name)
                        .setValue(value.orElse(null)))));
        return records;
    }

    /// An incarnation and where clients reach it.
    public static MetalogRecord announce(Endpoint endpoint) {
        return new MetalogRecord.IncarnationAnnounced(
                endpoint.incarnation(),
                endpoint.nodeId(),
                endpoint.host(),
                endpoint.port(),
                endpoint.zone(),
                endpoint.brokerEpoch());
    }

    /// Gives shards to incarnations that the image knows or that this entry announces before.
    public static List<MetalogRecord> assignShards(Map<ShardId, Incarnation> assignments) {
        List<MetalogRecord> records = new ArrayList<>();
        new TreeMap<>(assignments)
                .forEach((shard, incarnation) -> records.add(new MetalogRecord.ShardAssigned(shard, incarnation)));
        return records;
    }

    /// Fences an incarnation for good; the same entry or an earlier one gives all of its shards to others.
    public static MetalogRecord retire(Incarnation incarnation) {
        return new MetalogRecord.IncarnationRetired(incarnation);
    }

    /// @param below as the shard's manifest says
    public static MetalogRecord checkpoint(ShardId shard, LeaderEpoch below) {
        return new MetalogRecord.Checkpoint(shard, below);
    }

    private static MetalogRecord kafka(ApiMessage message) {
        return new MetalogRecord.Kafka(new ApiMessageAndVersion(message, (short) 0));
    }
}
