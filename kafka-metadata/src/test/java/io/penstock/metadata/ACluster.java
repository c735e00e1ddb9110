// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.StreamsVersion;
import org.apache.kafka.server.common.TransactionVersion;

/// Composes metalogs for tests: every call is one entry, and the image follows.
final class ACluster {
    static final UUID OWNER = new UUID(1, 1);
    static final UUID STRANGER = new UUID(2, 2);

    private static final Set<String> LATER_FEATURES =
            Set.of(TransactionVersion.FEATURE_NAME, StreamsVersion.FEATURE_NAME);

    private final List<EncodedEntry> entries = new ArrayList<>();
    private ClusterImage image = ClusterImage.EMPTY;

    /// As clusters were created when the formats were pinned: without the features that came later.
    static List<MetalogRecord> created(ClusterSettings settings) {
        return MetalogRecords.createCluster(settings).stream()
                .filter(record -> !(record instanceof MetalogRecord.Kafka(ApiMessageAndVersion message)
                        && message.message() instanceof FeatureLevelRecord feature
                        && LATER_FEATURES.contains(feature.name())))
                .toList();
    }

    static ACluster withShards(int shards) {
        ACluster cluster = new ACluster();
        ClusterSettings chosen = ClusterSettings.defaults("orders");
        cluster.enter(created(new ClusterSettings(chosen.name(), shards, chosen.latencyProfile(), true, 1, 3, 50)));
        return cluster;
    }

    /// Brokers 1 to `count`, and all shards dealt out to them.
    ACluster withBrokers(int count) {
        List<MetalogRecord> records = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            records.add(MetalogRecords.announce(endpoint(node)));
        }
        Map<ShardId, Incarnation> assignments = new TreeMap<>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            assignments.put(new ShardId(shard), incarnation(1 + shard % count));
        }
        records.addAll(MetalogRecords.assignShards(assignments));
        enter(records);
        return this;
    }

    ACluster withTopic(String name, Uuid id, int partitions) {
        return withTopic(name, id, partitions, Map.of());
    }

    ACluster withTopic(String name, Uuid id, int partitions, Map<String, String> configs) {
        enter(MetalogRecords.createTopic(name, id, partitions, 3, image.shards().count(), configs));
        return this;
    }

    /// The broker's incarnation is retired; its shards go to the next one.
    ImageChange failover(int from, int to) {
        return enter(failoverRecords(from, to));
    }

    List<MetalogRecord> failoverRecords(int from, int to) {
        Map<ShardId, Incarnation> assignments = new TreeMap<>();
        image.shards().ledBy(incarnation(from)).forEach(shard -> assignments.put(shard, incarnation(to)));
        List<MetalogRecord> records = new ArrayList<>(MetalogRecords.assignShards(assignments));
        records.add(MetalogRecords.retire(incarnation(from)));
        return records;
    }

    ImageChange enter(MetalogRecord... records) {
        return enter(List.of(records));
    }

    ImageChange enter(List<MetalogRecord> records) {
        return enterAs(OWNER, records);
    }

    ImageChange enterAs(UUID controlPlane, List<MetalogRecord> records) {
        EncodedEntry encoded = MetalogCodec.encode(next(controlPlane, records));
        ImageChange change = apply(image, encoded);
        entries.add(encoded);
        image = change.after();
        return change;
    }

    MetalogEntry next(UUID controlPlane, List<MetalogRecord> records) {
        return image.next(controlPlane, 1000L + image.number(), 1_700_000_000_000L, records);
    }

    static ImageChange apply(ClusterImage image, EncodedEntry entry) {
        try {
            return image.apply(entry);
        } catch (MetadataFormatException e) {
            throw new AssertionError(e);
        }
    }

    ClusterImage image() {
        return image;
    }

    List<EncodedEntry> entries() {
        return List.copyOf(entries);
    }

    EncodedEntry entry(int number) {
        return entries.get(number - 1);
    }

    static Incarnation incarnation(int node) {
        return new Incarnation(0xabcd, node);
    }

    static Endpoint endpoint(int node) {
        return new Endpoint(
                node, "broker-" + node, 9090 + node, Optional.of("zone-" + node % 3), incarnation(node), node);
    }

    static Uuid topicId(int number) {
        return new Uuid(0x1234_5678_0000_0000L + number, 7L * number + 1);
    }
}
