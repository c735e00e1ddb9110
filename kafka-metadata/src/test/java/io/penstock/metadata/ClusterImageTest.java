// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static io.penstock.metadata.ACluster.OWNER;
import static io.penstock.metadata.ACluster.STRANGER;
import static io.penstock.metadata.ACluster.endpoint;
import static io.penstock.metadata.ACluster.incarnation;
import static io.penstock.metadata.ACluster.topicId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;

class ClusterImageTest {
    private static final ShardId SHARD_0 = new ShardId(0);

    @Test
    void everyPartitionOfATopicHasALeaderAtTheEpochThatAssignedItsShard() {
        ClusterImage image = ACluster.withShards(4)
                .withBrokers(3)
                .withTopic("orders", topicId(1), 10)
                .image();

        for (int partition = 0; partition < 10; partition++) {
            Leader leader = image.leaderOf(topicId(1), partition).orElseThrow();
            ShardId shard = image.shardOf(topicId(1), partition).orElseThrow();
            assertThat(leader.epoch()).isEqualTo(new LeaderEpoch(2));
            assertThat(leader.incarnation()).isEqualTo(incarnation(1 + shard.number() % 3));
            assertThat(leader.host()).isEqualTo("broker-" + leader.nodeId());
            assertThat(shard).isEqualTo(ShardPlacement.shardOf(topicId(1), partition, 4));
        }
        assertThat(image.leaderOf(topicId(1), 10)).isEmpty();
        assertThat(image.leaderOf(topicId(2), 0)).isEmpty();
    }

    @Test
    void kafkasImageKnowsTopicsPartitionsConfigsAndFeatures() {
        ClusterImage image = ACluster.withShards(4)
                .withTopic("orders", topicId(1), 10, Map.of("retention.ms", "5"))
                .image();

        assertThat(image.kafka().topics().getTopic("orders").partitions()).hasSize(10);
        assertThat(image.kafka().features().finalizedVersions()).containsEntry("group.version", (short) 1);
        assertThat(image.kafka().offset()).isEqualTo(2);
        assertThat(image.configs(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
                .containsExactly(Map.entry("retention.ms", "5"));
        assertThat(image.topicId("orders")).contains(topicId(1));
        assertThat(image.replicationFactor(topicId(1))).hasValue(3);
    }

    @Test
    void failoverMovesAllShardsOfTheDeadAndTellsHowToCloseThem() {
        ACluster cluster = ACluster.withShards(6).withBrokers(3).withTopic("orders", topicId(1), 6);

        ImageChange change = cluster.failover(1, 2);

        assertThat(change.shardsAssigned()).containsExactly(SHARD_0, new ShardId(3));
        assertThat(change.retired()).containsExactly(incarnation(1));
        ShardTable shards = change.after().shards();
        assertThat(shards.current(SHARD_0)).contains(new ShardTable.Tenure(new LeaderEpoch(4), incarnation(2)));
        assertThat(shards.predecessors(SHARD_0))
                .containsExactly(
                        new ShardTable.Predecessor(new LeaderEpoch(2), incarnation(1), ShardTable.Closing.RETIRED));
        assertThat(change.after().liveBrokers().keySet()).containsExactly(2, 3);
    }

    @Test
    void aShardTakenFromALivingIncarnationIsClosedByHandOff() {
        ACluster cluster = ACluster.withShards(2).withBrokers(2);

        cluster.enter(MetalogRecords.assignShards(Map.of(SHARD_0, incarnation(2))));

        assertThat(cluster.image().shards().predecessors(SHARD_0))
                .containsExactly(
                        new ShardTable.Predecessor(new LeaderEpoch(2), incarnation(1), ShardTable.Closing.ALIVE));
    }

    @Test
    void onlyACheckpointTrimsTheListOfEarlierEpochs() {
        ACluster cluster = ACluster.withShards(1).withBrokers(3);
        cluster.failover(1, 2);
        cluster.failover(2, 3);
        assertThat(cluster.image().shards().history(SHARD_0)).hasSize(3);
        assertThat(cluster.image().shards().incarnations()).hasSize(3);

        ImageChange change = cluster.enter(MetalogRecords.checkpoint(SHARD_0, new LeaderEpoch(4)));

        assertThat(change.checkpointed()).containsExactly(SHARD_0);
        assertThat(cluster.image().shards().predecessors(SHARD_0)).isEmpty();
        assertThat(cluster.image().shards().incarnations().keySet())
                .as("retired and in nobody's list: forgotten")
                .containsExactly(incarnation(3));
    }

    @Test
    void anEntryByAnotherControlPlaneIsVoid() {
        ACluster cluster = ACluster.withShards(1).withBrokers(1);

        ImageChange change = cluster.enterAs(STRANGER, MetalogRecords.deleteTopic(topicId(1)));

        assertThat(change.isVoid()).isTrue();
        assertThat(change.after().number()).isEqualTo(3);
        assertThat(change.after().shards()).isSameAs(change.before().shards());
    }

    @Test
    void aClaimMovesTheClusterToItsWriterAndVoidsTheFormerOwnersEntries() {
        ACluster cluster = ACluster.withShards(1).withBrokers(2);

        ImageChange claim = cluster.enterAs(STRANGER, List.of(MetalogRecords.claim(STRANGER)));
        ImageChange byFormerOwner = cluster.failover(1, 2);
        ImageChange byNewOwner = cluster.enterAs(STRANGER, cluster.failoverRecords(1, 2));

        assertThat(claim.ownerChanged()).isTrue();
        assertThat(claim.after().owner()).contains(STRANGER);
        assertThat(byFormerOwner.voidReason())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains(OWNER.toString()).contains(STRANGER.toString()));
        assertThat(byFormerOwner.shardsAssigned()).isEmpty();
        assertThat(byNewOwner.isVoid()).isFalse();
        assertThat(byNewOwner.after().shards().current(SHARD_0).orElseThrow().epoch())
                .isEqualTo(new LeaderEpoch(5));
    }

    @Test
    void nobodyClaimsForSomebodyElse() {
        ACluster cluster = ACluster.withShards(1);

        ImageChange change = cluster.enterAs(STRANGER, List.of(MetalogRecords.claim(OWNER)));

        assertThat(change.isVoid()).isTrue();
        assertThat(change.after().owner()).contains(OWNER);
    }

    @Test
    void anEntryTakesEffectWhollyOrNotAtAll() {
        ACluster cluster = ACluster.withShards(1).withBrokers(1);
        List<MetalogRecord> records =
                new ArrayList<>(MetalogRecords.createTopic("orders", topicId(1), 3, 1, 1, Map.of()));
        records.add(new MetalogRecord.ShardAssigned(new ShardId(9), incarnation(1)));

        ImageChange change = cluster.enter(records);

        assertThat(change.isVoid()).isTrue();
        assertThat(change.topicsCreated()).isEmpty();
        assertThat(change.after().topicId("orders")).isEmpty();
        assertThat(change.kafka().topicsDelta()).isNull();
    }

    @Test
    void whatMustNeverBeInForceIsVoid() {
        ACluster cluster = ACluster.withShards(2).withBrokers(2).withTopic("orders", topicId(1), 4);

        assertVoid(cluster, "still leads", MetalogRecords.retire(incarnation(1)));
        assertVoid(cluster, "never announced", new MetalogRecord.ShardAssigned(SHARD_0, incarnation(7)));
        assertVoid(cluster, "no shard", new MetalogRecord.ShardAssigned(new ShardId(2), incarnation(1)));
        assertVoid(
                cluster,
                "twice",
                new MetalogRecord.ShardAssigned(SHARD_0, incarnation(1)),
                new MetalogRecord.ShardAssigned(SHARD_0, incarnation(2)));
        assertVoid(cluster, "shards for life", MetalogRecords.settings(ClusterSettings.defaults("more shards")));
        assertVoid(cluster, "has 4 partitions", MetalogRecords.addPartitions(topicId(1), 3, 5, 2));
        assertVoid(cluster, "at most", MetalogRecords.addPartitions(topicId(1), 4, 2_000_000, 2));
        assertVoid(cluster, "taken", MetalogRecords.createTopic("orders", topicId(2), 1, 1, 2, Map.of()));
        assertVoid(cluster, "no topic", MetalogRecords.deleteTopic(topicId(5)));
        assertVoid(cluster, "no epoch", MetalogRecords.checkpoint(SHARD_0, new LeaderEpoch(99)));
        assertVoid(
                cluster,
                "no meaning",
                new MetalogRecord.Kafka(new ApiMessageAndVersion(new PartitionChangeRecord(), (short) 0)));
        List<MetalogRecord> creation = MetalogRecords.createTopic("empty", topicId(6), 1, 1, 2, Map.of());
        assertVoid(cluster, "without partitions", creation.getFirst());
        assertVoid(cluster, "used before", MetalogRecords.createTopic("again", topicId(1), 1, 1, 2, Map.of()));
        assertVoid(cluster, "never announced", MetalogRecords.retire(incarnation(7)));
        assertVoid(cluster, "not being dropped", MetalogRecords.topicDropped(topicId(1)));
        assertThat(ClusterImage.EMPTY
                        .apply(ClusterImage.EMPTY.next(OWNER, 1, 1, creation))
                        .voidReason())
                .contains("a topic before the cluster's settings");
        cluster.failover(1, 2);
        assertVoid(cluster, "is retired", new MetalogRecord.ShardAssigned(SHARD_0, incarnation(1)));
        assertVoid(cluster, "never comes back", MetalogRecords.announce(endpoint(1)));
    }

    private static void assertVoid(ACluster cluster, String why, MetalogRecord... records) {
        assertVoid(cluster, why, List.of(records));
    }

    private static void assertVoid(ACluster cluster, String why, List<MetalogRecord> records) {
        ImageChange change = cluster.image().apply(cluster.next(OWNER, records));
        assertThat(change.voidReason())
                .hasValueSatisfying(reason -> assertThat(reason).contains(why));
    }

    @Test
    void aDeletedTopicsNameIsFreeOnlyWhenItIsDropped() {
        ACluster cluster = ACluster.withShards(4).withTopic("orders", topicId(1), 2, Map.of("retention.ms", "5"));

        ImageChange deletion = cluster.enter(MetalogRecords.deleteTopic(topicId(1)));

        assertThat(deletion.topicsDeleted()).containsExactly(Map.entry(topicId(1), "orders"));
        assertThat(cluster.image().topicId("orders")).isEmpty();
        assertThat(cluster.image().configs(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
                .isEmpty();
        assertThat(cluster.image().shardsOf(topicId(1))).hasSize(2);
        assertVoid(cluster, "taken", MetalogRecords.createTopic("orders", topicId(2), 1, 1, 4, Map.of()));

        cluster.enter(MetalogRecords.topicDropped(topicId(1)));
        ImageChange creation = cluster.enter(MetalogRecords.createTopic("orders", topicId(2), 1, 1, 4, Map.of()));

        assertThat(creation.topicsCreated()).containsExactly(topicId(2));
        assertThat(cluster.image().dropping()).isEmpty();
    }

    @Test
    void partitionsAddedLaterLieWhereTheyWouldHaveLainFromTheStart() {
        ACluster cluster = ACluster.withShards(16).withTopic("orders", topicId(1), 3);

        ImageChange change = cluster.enter(MetalogRecords.addPartitions(topicId(1), 3, 40, 16));

        assertThat(change.topicsGrown()).containsExactly(topicId(1));
        assertThat(change.after().partitions(topicId(1))).hasValue(40);
        assertThat(change.after().kafka().topics().getTopic("orders").partitions())
                .hasSize(40);
        for (int partition = 0; partition < 40; partition++) {
            assertThat(change.after().shardOf(topicId(1), partition))
                    .contains(ShardPlacement.shardOf(topicId(1), partition, 16));
        }
    }

    @Test
    void theRecordedPlaceOfAPartitionHoldsEvenWhereTheHashWouldSayOtherwise() {
        ACluster cluster = ACluster.withShards(16).withTopic("orders", topicId(1), 3);
        ShardId elsewhere =
                new ShardId((ShardPlacement.shardOf(topicId(1), 3, 16).number() + 5) % 16);

        cluster.enter(new MetalogRecord.PartitionsPlaced(topicId(1), 3, 2, elsewhere));

        assertThat(cluster.image().shardOf(topicId(1), 3)).contains(elsewhere);
        assertThat(cluster.image().shardOf(topicId(1), 4)).contains(new ShardId((elsewhere.number() + 1) % 16));
        assertThat(cluster.image().shardOf(topicId(1), 2)).contains(ShardPlacement.shardOf(topicId(1), 2, 16));
    }

    @Test
    void theShardsListTheirPartitionsExactlyOnce() {
        ACluster cluster =
                ACluster.withShards(16).withTopic("orders", topicId(1), 37).withTopic("payments", topicId(2), 5);
        cluster.enter(new MetalogRecord.PartitionsPlaced(topicId(2), 5, 30, new ShardId(15)));
        AtomicInteger found = new AtomicInteger();

        for (int number = 0; number < 16; number++) {
            ShardId shard = new ShardId(number);
            cluster.image().forEachPartition(shard, (topic, partition) -> {
                assertThat(cluster.image().shardOf(topic, partition)).contains(shard);
                found.incrementAndGet();
            });
        }

        assertThat(found).hasValue(37 + 35);
    }

    @Test
    void theNewestIncarnationOfANodeIsTheOneClientsAreSentTo() {
        ACluster cluster = ACluster.withShards(1).withBrokers(1);
        Endpoint again = new Endpoint(1, "broker-1", 9999, Optional.empty(), incarnation(100), 1);

        cluster.enter(MetalogRecords.announce(again));

        assertThat(cluster.image().liveBrokers()).containsExactly(Map.entry(1, again));
        assertThat(cluster.image().shards().leader(SHARD_0).orElseThrow().port())
                .as("the leader is still the older one")
                .isEqualTo(9091);
    }

    @Test
    void anEntryThatDoesNotFollowIsNotApplied() {
        ACluster cluster = ACluster.withShards(1);
        ACluster other = ACluster.withShards(2);
        MetalogEntry next = cluster.next(OWNER, List.of());

        assertThatThrownBy(() -> ClusterImage.EMPTY.apply(next)).isInstanceOf(BrokenChainException.class);
        assertThatThrownBy(() -> other.image().apply(next)).isInstanceOf(BrokenChainException.class);
    }

    @Test
    void theBytesOfAFailoverGrowWithShardsAndNotWithPartitions() {
        int small = failoverBytes(16, 10);

        assertThat(failoverBytes(16, 10_000)).isEqualTo(small);
        assertThat(failoverBytes(64, 10_000)).isLessThan(4 * small);
        assertThat(small).isLessThan(512);
    }

    private static int failoverBytes(int shards, int partitions) {
        ACluster cluster = ACluster.withShards(shards).withBrokers(2).withTopic("orders", topicId(1), partitions);
        cluster.failover(1, 2);
        return cluster.entries().getLast().size();
    }

    @Test
    void theBytesOfATopicsCreationDoNotGrowWithItsPartitions() {
        ACluster cluster = ACluster.withShards(16).withTopic("orders-a", topicId(1), 1);
        cluster.withTopic("orders-b", topicId(2), 100_000);

        assertThat(cluster.entry(3).size()).isEqualTo(cluster.entry(2).size());
    }

    @Test
    void aFailoverTouchesNoPartition() {
        ACluster cluster = ACluster.withShards(16).withBrokers(3);
        for (int topic = 0; topic < 100; topic++) {
            cluster.withTopic("topic-" + topic, topicId(topic), 100);
        }

        ImageChange change = cluster.failover(1, 2);

        assertThat(change.after().kafka().topics())
                .isSameAs(change.before().kafka().topics());
        assertThat(change.after().kafka().configs())
                .isSameAs(change.before().kafka().configs());
        assertThat(change.after().placements()).isSameAs(change.before().placements());
        assertThat(change.kafka().topicsDelta()).isNull();
    }

    @Test
    void aDeletedTopicIsRestoredWithAllThatItWas() {
        ACluster cluster = ACluster.withShards(4).withBrokers(2);
        cluster.withTopic("orders", topicId(1), 5, Map.of("retention.ms", "5", "segment.ms", "6"));
        ClusterImage before = cluster.image();

        ImageChange deletion = cluster.enter(MetalogRecords.softDeleteTopic(topicId(1)));
        assertThat(deletion.topicsDeleted()).containsExactly(Map.entry(topicId(1), "orders"));
        assertThat(deletion.after().topicId("orders")).isEmpty();
        assertThat(deletion.after().leaderOf(topicId(1), 0)).isEmpty();
        assertThat(deletion.after().kafka().configs().resourceData()).isEmpty();
        assertThat(deletion.after().shardsOf(topicId(1))).isEqualTo(before.shardsOf(topicId(1)));
        assertVoid(cluster, "taken", MetalogRecords.createTopic("orders", topicId(2), 1, 1, 4, Map.of()));

        ImageChange restoration = cluster.enter(MetalogRecords.restoreTopic(topicId(1)));
        assertThat(restoration.voidReason()).isEmpty();
        assertThat(restoration.topicsCreated()).containsExactly(topicId(1));
        assertThat(restoration.after().kafka().topics().getTopic(topicId(1)))
                .isEqualTo(before.kafka().topics().getTopic(topicId(1)));
        assertThat(restoration.after().kafka().configs().resourceData())
                .containsExactlyInAnyOrderEntriesOf(before.kafka().configs().resourceData());
        assertThat(restoration.after().leaderOf(topicId(1), 3)).isEqualTo(before.leaderOf(topicId(1), 3));
        assertThat(restoration.after().replicationFactor(topicId(1))).isEqualTo(before.replicationFactor(topicId(1)));
        assertThat(restoration.after().restorable()).isEmpty();
        MetadataImage kafkas =
                restoration.kafka().apply(restoration.after().kafka().provenance());
        assertThat(restoration.after().kafka().topics()).isEqualTo(kafkas.topics());
    }

    @Test
    void aTopicIsNotRestoredOverOneThatHasItsName() {
        ACluster cluster = ACluster.withShards(4).withBrokers(2).withTopic("orders", topicId(1), 5);
        cluster.enter(MetalogRecords.softDeleteTopic(topicId(1)));
        cluster.enter(MetalogRecords.freeName(topicId(1)));
        cluster.withTopic("orders", topicId(2), 1);

        assertVoid(cluster, "taken", List.of(MetalogRecords.restoreTopic(topicId(1))));

        cluster.enter(MetalogRecords.softDeleteTopic(topicId(2)));
        assertVoid(cluster, "taken", List.of(MetalogRecords.restoreTopic(topicId(1))));
        cluster.enter(MetalogRecords.freeName(topicId(2)));
        assertThat(cluster.enter(MetalogRecords.restoreTopic(topicId(1))).voidReason())
                .isEmpty();
        assertThat(cluster.image().topicId("orders")).contains(topicId(1));
        assertThat(cluster.image().restorable()).containsOnlyKeys(topicId(2));
    }

    @Test
    void aPurgedTopicIsDroppedAndNeverRestored() {
        ACluster cluster = ACluster.withShards(4).withBrokers(2).withTopic("orders", topicId(1), 5);
        cluster.enter(MetalogRecords.softDeleteTopic(topicId(1)));
        assertVoid(cluster, "while its name is taken", List.of(MetalogRecords.purgeTopic(topicId(1))));
        cluster.enter(MetalogRecords.freeName(topicId(1)));
        assertVoid(cluster, "cannot be freed", List.of(MetalogRecords.freeName(topicId(1))));

        cluster.enter(MetalogRecords.purgeTopic(topicId(1)));

        assertThat(cluster.image().dropping()).containsOnlyKeys(topicId(1));
        assertVoid(cluster, "no deleted topic", List.of(MetalogRecords.restoreTopic(topicId(1))));
        assertVoid(cluster, "used before", MetalogRecords.createTopic("other", topicId(1), 1, 1, 4, Map.of()));
        cluster.withTopic("orders", topicId(2), 1);
        cluster.enter(MetalogRecords.topicDropped(topicId(1)));
        assertThat(cluster.image().dropping()).isEmpty();
        assertThat(cluster.image().topicId("orders")).contains(topicId(2));
    }

    @Test
    void aTopicIsNotDeletedAndRestoredInOneEntry() {
        ACluster cluster = ACluster.withShards(4).withBrokers(2).withTopic("orders", topicId(1), 5);

        assertVoid(
                cluster,
                "in one entry",
                List.of(MetalogRecords.softDeleteTopic(topicId(1)), MetalogRecords.restoreTopic(topicId(1))));
        assertVoid(
                cluster,
                "in one entry",
                Stream.concat(
                                MetalogRecords.createTopic("more", topicId(3), 4, 1, 4, Map.of()).stream(),
                                Stream.of(MetalogRecords.softDeleteTopic(topicId(3))))
                        .toList());
    }

    @Test
    void kafkasImageIsWhatKafkaItselfWouldMakeOfTheChange() {
        ACluster cluster = ACluster.withShards(4).withBrokers(2);
        cluster.withTopic("orders", topicId(1), 4, Map.of("retention.ms", "5", "segment.ms", "6"));
        cluster.withTopic("payments", topicId(2), 4, Map.of("retention.ms", "5"));

        for (List<MetalogRecord> records : List.of(
                MetalogRecords.createTopic("more", topicId(3), 4, 1, 4, Map.of("retention.ms", "5")),
                MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                        Map.of("retention.ms", Optional.of("9"), "segment.ms", Optional.empty())),
                MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                        Map.of("retention.ms", Optional.empty())),
                MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.GROUP, "g1"),
                        Map.of("consumer.session.timeout.ms", Optional.of("50000"))),
                MetalogRecords.deleteTopic(topicId(2)),
                MetalogRecords.addPartitions(topicId(1), 4, 9, 4))) {
            ImageChange change = cluster.enter(records);
            assertThat(change.voidReason()).isEmpty();
            MetadataImage kafkas = change.kafka().apply(change.after().kafka().provenance());
            assertThat(change.after().kafka().configs().resourceData())
                    .containsExactlyInAnyOrderEntriesOf(kafkas.configs().resourceData());
            assertThat(change.after().kafka().topics()).isEqualTo(kafkas.topics());
            assertThat(change.after().kafka().features()).isEqualTo(kafkas.features());
        }
        assertThat(cluster.image().kafka().configs().resourceData()).hasSize(2);
    }

    @Test
    void creatingATopicTouchesNoOther() {
        ACluster cluster = ACluster.withShards(16).withBrokers(3);
        for (int topic = 0; topic < 1000; topic++) {
            cluster.withTopic("topic-" + topic, topicId(topic), 10);
        }
        ClusterImage before = cluster.image();

        ClusterImage after = cluster.withTopic("one-more", topicId(5000), 10).image();

        assertThat(before.placements().keySet())
                .allSatisfy(id -> assertThat(after.kafka().topics().getTopic(id))
                        .isSameAs(before.kafka().topics().getTopic(id)));
        assertThat(after.shards()).isSameAs(before.shards());
        assertThat(after.topicCount()).isEqualTo(1001);
    }
}
