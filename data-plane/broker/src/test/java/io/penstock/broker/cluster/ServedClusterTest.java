// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.leadership.TenureReports;
import io.penstock.log.ClusterLog;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import io.penstock.log.VirtualRuntime;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.SnapshotOutcome;
import io.penstock.metadata.SnapshotWriter;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When a broker of a cluster in memory applies entries of its metalog.
class ServedClusterTest {
    private static final UUID OWNER = new UUID(1, 2);
    private static final ClusterPrefix PREFIX = ClusterPrefix.of("tn_1", "kc_1");
    private static final Uuid TOPIC = Uuid.fromString("cccccccccccccccccccccg");
    private static final int SHARDS = 4;

    private final VirtualRuntime runtime = new VirtualRuntime(7);
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Reports reports = new Reports();
    private final ServedCluster cluster = broker(reports);
    private ClusterImage image = ClusterImage.EMPTY;
    private int nodes;

    @BeforeEach
    void aTopicInTheCluster() {
        enter(MetalogRecords.createCluster(settings()));
        cluster.start();
        time();
        lead(reports.incarnation.orElseThrow());
        enter(MetalogRecords.createTopic("orders", TOPIC, 2, 1, SHARDS, Map.of()));
        time();
    }

    @AfterEach
    void close() {
        cluster.close();
        time();
    }

    @Test
    void aDeletedTopicIsDroppedInEveryShardAndReported() {
        delete();

        assertThat(reports.dropped).containsExactlyInAnyOrderElementsOf(shards());
    }

    @Test
    void whatWasDroppedIsReportedAgainWhenTheStreamStandsAgain() {
        delete();
        reports.dropped.clear();

        reconnect();

        assertThat(reports.dropped).containsExactlyInAnyOrderElementsOf(shards());
    }

    @Test
    void nothingIsReportedAgainOnceTheNameIsFree() {
        delete();
        enter(List.of(MetalogRecords.topicDropped(TOPIC)));
        reports.dropped.clear();

        reconnect();

        assertThat(reports.dropped).isEmpty();
    }

    @Test
    void aTopicThatCanBeRestoredIsClosedAndNotDropped() {
        enter(List.of(MetalogRecords.softDeleteTopic(TOPIC)));

        assertThat(reports.closed).containsExactlyInAnyOrderElementsOf(shards());
        assertThat(reports.dropped).isEmpty();
        reports.closed.clear();
        reconnect();
        assertThat(reports.closed)
                .as("said again while its name is taken")
                .containsExactlyInAnyOrderElementsOf(shards());

        enter(List.of(MetalogRecords.freeName(TOPIC)));
        reports.closed.clear();
        reconnect();
        assertThat(reports.closed).isEmpty();
        assertThat(reports.dropped).isEmpty();

        enter(List.of(MetalogRecords.purgeTopic(TOPIC)));
        assertThat(reports.dropped).containsExactlyInAnyOrderElementsOf(shards());
    }

    @Test
    void anHeirClosesWhatItsPredecessorCouldNot() {
        Incarnation died = reports.incarnation.orElseThrow();
        cluster.close();
        time();
        enter(List.of(MetalogRecords.softDeleteTopic(TOPIC)));
        assertThat(reports.closed).isEmpty();
        var heirs = new Reports();
        ServedCluster heir = broker(heirs);
        heir.start();
        time();

        lead(heirs.incarnation.orElseThrow(), MetalogRecords.retire(died));
        heir.entriesStoredUpTo(image.number());
        time();

        assertThat(heirs.closed).containsExactlyInAnyOrderElementsOf(shards());
        heir.close();
        time();
    }

    @Test
    void anHeirDropsWhatItsPredecessorCouldNot() {
        Incarnation died = reports.incarnation.orElseThrow();
        cluster.close();
        time();
        delete();
        assertThat(reports.dropped).isEmpty();
        var heirs = new Reports();
        ServedCluster heir = broker(heirs);
        heir.start();
        time();

        lead(heirs.incarnation.orElseThrow(), MetalogRecords.retire(died));
        heir.entriesStoredUpTo(image.number());
        time();

        assertThat(heirs.dropped).containsExactlyInAnyOrderElementsOf(shards());
        heir.close();
        time();
    }

    @Test
    void aBrokerStartsFromTheNewestSnapshotAndWhatFollowsIt() {
        var written = new SnapshotWriter(
                        store,
                        new MetaKeys(PREFIX),
                        FollowerSettings.defaults(),
                        (delay, actor, task) -> runtime.schedule(delay, actor, task),
                        runtime.newActor("snapshots"))
                .write();
        time();
        assertThat(written.join()).isEqualTo(new SnapshotOutcome.Stored(image.number()));
        for (int number = 1; number <= image.number(); number++) {
            store.delete(new MetaKeys(PREFIX).entry(number)).join();
        }
        enter(MetalogRecords.createTopic("more", Uuid.randomUuid(), 1, 1, SHARDS, Map.of()));
        var reported = new Reports();

        ServedCluster fresh = broker(reported);
        fresh.start();
        time();

        assertThat(reported.incarnation).isPresent();
        assertThat(fresh.image().number()).isEqualTo(image.number());
        assertThat(fresh.image().topicCount()).isEqualTo(2);
        fresh.close();
        time();
    }

    @Test
    void whoReadsAForeignClaimLetsGoForGood() {
        assertThat(cluster.incarnation()).isPresent();

        claim(new UUID(9, 9));

        assertThat(reports.claimedBy).contains(new UUID(9, 9));
        assertThat(cluster.incarnation()).isEmpty();
        assertThat(cluster.log()).isEmpty();
    }

    @Test
    void whoeverComesAfterAForeignClaimNeverBegins() {
        claim(new UUID(9, 9));
        var late = new Reports();
        ServedCluster another = broker(late);

        another.start();
        time();

        assertThat(late.claimedBy).isPresent();
        assertThat(late.incarnation).isEmpty();
    }

    @Test
    void aClaimOfItsOwnControlPlaneIsNoNews() {
        claim(OWNER);

        assertThat(reports.claimedBy).isEmpty();
        assertThat(cluster.incarnation()).isPresent();
    }

    private void claim(UUID owner) {
        enter(owner, List.of(MetalogRecords.claim(owner)));
    }

    private ServedCluster broker(TenureReports to) {
        return new ServedCluster(
                "kc_1",
                PREFIX,
                store,
                FollowerSettings.defaults(),
                runtime,
                (incarnation, listener) -> new ClusterLog(
                        store, PREFIX, incarnation, LogSettings.defaults(LatencyProfile.FAST), runtime, listener),
                to,
                Optional.of(OWNER));
    }

    private void delete() {
        enter(MetalogRecords.deleteTopic(TOPIC));
        time();
    }

    private void reconnect() {
        cluster.streamBroken();
        time();
        cluster.streamRestored();
        time();
    }

    private List<ShardId> shards() {
        List<ShardId> shards = image.shardsOf(TOPIC);
        assertThat(shards).isNotEmpty();
        return shards;
    }

    private void lead(Incarnation leader, MetalogRecord... more) {
        int node = nodes++;
        List<MetalogRecord> records = new ArrayList<>();
        records.add(MetalogRecords.announce(
                new Endpoint(node, "127.0.0.1", 9092 + node, Optional.empty(), leader, node + 1L)));
        Map<ShardId, Incarnation> all = new TreeMap<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            all.put(new ShardId(shard), leader);
        }
        records.addAll(MetalogRecords.assignShards(all));
        records.addAll(List.of(more));
        enter(records);
    }

    private void enter(List<MetalogRecord> records) {
        enter(OWNER, records);
    }

    private void enter(UUID writer, List<MetalogRecord> records) {
        EncodedEntry entry = MetalogCodec.encode(image.next(writer, 0, 0, records));
        try {
            image = image.apply(entry).after();
        } catch (MetadataFormatException e) {
            throw new AssertionError(e);
        }
        store.put(new MetaKeys(PREFIX).entry(entry.number()), entry.buffer(), PutCondition.ifAbsent())
                .join();
        cluster.entryPushed(entry);
        time();
    }

    private void time() {
        runtime.runFor(Duration.ofSeconds(1));
    }

    private static ClusterSettings settings() {
        ClusterSettings defaults = ClusterSettings.defaults("test");
        return new ClusterSettings(
                "test", SHARDS, ClusterSettings.LatencyProfile.FAST, false, 1, 1, defaults.offsetsTopicPartitions());
    }

    private static final class Reports implements TenureReports {
        private final List<ShardId> closed = new ArrayList<>();
        private final List<ShardId> dropped = new ArrayList<>();
        private Optional<Incarnation> incarnation = Optional.empty();
        private Optional<UUID> claimedBy = Optional.empty();

        @Override
        public void incarnationReady(Incarnation ready) {
            incarnation = Optional.of(ready);
        }

        @Override
        public void claimed(UUID owner, int entry) {
            claimedBy = Optional.of(owner);
        }

        @Override
        public void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where) {}

        @Override
        public void checkpointReached(ShardId shard, LeaderEpoch below) {}

        @Override
        public void topicClosed(Uuid topicId, ShardId shard) {
            closed.add(shard);
        }

        @Override
        public void topicDropped(Uuid topicId, Set<ShardId> inShards) {
            dropped.addAll(inShards);
        }
    }
}
