// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static io.penstock.metadata.ACluster.topicId;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class MetaSnapshotTest {

    private static ACluster aCluster() {
        ACluster cluster = ACluster.withShards(4)
                .withBrokers(3)
                .withTopic("orders", topicId(1), 8, Map.of("retention.ms", "5", "cleanup.policy", "compact"))
                .withTopic("payments", topicId(2), 3, Map.of("retention.ms", "6"))
                .withTopic("gone", topicId(3), 3);
        cluster.enter(MetalogRecords.deleteTopic(topicId(3)));
        cluster.failover(1, 2);
        cluster.enter(MetalogRecords.checkpoint(
                new ShardId(0), new LeaderEpoch(cluster.image().number())));
        return cluster;
    }

    @Test
    void theBytesOfASnapshotArePinned() {
        Golden.assertSame("snapshot-v1", MetaSnapshot.encode(aCluster().image()));
    }

    @Test
    void snapshotsOfVersionOneStayReadable() throws Exception {
        ClusterImage image = aCluster().image();

        ClusterImage read = MetaSnapshot.decode(image.number(), ByteBuffer.wrap(Golden.read("snapshot-v1")))
                .image();

        assertThat(MetaSnapshot.encode(read)).isEqualTo(MetaSnapshot.encode(image));
        assertThat(read.kafka().topics()).isEqualTo(image.kafka().topics());
        assertThat(read.kafka().configs().resourceData())
                .containsExactlyInAnyOrderEntriesOf(image.kafka().configs().resourceData());
        assertThat(read.kafka().provenance()).isEqualTo(image.kafka().provenance());
        assertThat(read.leaderOf(topicId(1), 5)).isEqualTo(image.leaderOf(topicId(1), 5));
        assertThat(read.shards().predecessors(new ShardId(3)))
                .isEqualTo(image.shards().predecessors(new ShardId(3)));
        assertThat(read.dropping()).isEqualTo(image.dropping());
        assertThat(read.settings()).isEqualTo(image.settings());
        assertThat(read.owner()).isEqualTo(image.owner());
        assertThat(read.configs(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
                .hasSize(2);
    }

    private static ACluster aClusterWithDeletedTopics() {
        ACluster cluster = aCluster();
        cluster.enter(MetalogRecords.softDeleteTopic(topicId(1)));
        cluster.enter(MetalogRecords.softDeleteTopic(topicId(2)));
        cluster.enter(MetalogRecords.freeName(topicId(2)));
        return cluster;
    }

    @Test
    void theBytesOfASnapshotWithRestorableTopicsArePinned() {
        Golden.assertSame(
                "snapshot-v2", MetaSnapshot.encode(aClusterWithDeletedTopics().image()));
    }

    @Test
    void whatCanBeRestoredIsReadBack() throws Exception {
        ClusterImage image = aClusterWithDeletedTopics().image();

        ClusterImage read = MetaSnapshot.decode(image.number(), ByteBuffer.wrap(Golden.read("snapshot-v2")))
                .image();

        assertThat(read.restorable()).isEqualTo(image.restorable());
        assertThat(requireNonNull(read.restorable().get(topicId(1))).configs())
                .isEqualTo(Map.of("retention.ms", "5", "cleanup.policy", "compact"));
        assertThat(MetaSnapshot.encode(read)).isEqualTo(MetaSnapshot.encode(image));
    }

    @Test
    void theNextEntryFollowsASnapshotAsItFollowsTheEntry() throws Exception {
        ACluster cluster = aCluster();
        int number = cluster.image().number();
        ClusterImage read = MetaSnapshot.decode(number, ByteBuffer.wrap(MetaSnapshot.encode(cluster.image())))
                .image();

        ImageChange change = cluster.failover(2, 3);
        ImageChange onSnapshot = ACluster.apply(read, cluster.entries().getLast());

        assertThat(MetaSnapshot.encode(onSnapshot.after())).isEqualTo(MetaSnapshot.encode(change.after()));
    }

    @Test
    void theEmptyImageHasASnapshotToo() throws Exception {
        byte[] bytes = MetaSnapshot.encode(ClusterImage.EMPTY);
        assertThat(MetaSnapshot.decode(0, ByteBuffer.wrap(bytes))
                        .image()
                        .kafka()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void theSizeDoesNotGrowWithPartitions() {
        byte[] small = MetaSnapshot.encode(
                ACluster.withShards(4).withTopic("orders", topicId(1), 1).image());
        byte[] big = MetaSnapshot.encode(
                ACluster.withShards(4).withTopic("orders", topicId(1), 10_000).image());
        assertThat(big).hasSameSizeAs(small);
    }

    @Test
    void damageAnywhereIsNoticed() {
        ClusterImage image = aCluster().image();
        byte[] bytes = MetaSnapshot.encode(image);
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assertThatThrownBy(() -> MetaSnapshot.decode(image.number(), ByteBuffer.wrap(damaged)))
                    .as("byte %d", at)
                    .isInstanceOf(MetadataFormatException.class);
        }
    }
}
