// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.control.metalog.FaultyStore.Fault;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetalogServiceIT {
    private static final String CLUSTER = "kc_1";
    private static final MetaKeys KEYS = new MetaKeys(ClusterPrefix.of("tn_1", CLUSTER));

    private final ControlPlaneWorld world = new ControlPlaneWorld();
    private MetalogService metalog = world.process();

    @BeforeEach
    void createCluster() {
        metalog.createCluster(CLUSTER, "tn_1", "bkt_1", ClusterSettings.defaults("orders"));
        world.told.clear();
    }

    @AfterEach
    void close() {
        metalog.close();
        world.close();
    }

    @Test
    void aClusterStartsWithItsIdentityAndOneEntry() {
        assertThat(world.store.get(KEYS.cluster()).join()).isInstanceOf(GetOutcome.Found.class);
        ClusterImage image = metalog.image(CLUSTER);
        assertThat(image.number()).isEqualTo(1);
        assertThat(image.settings()).contains(ClusterSettings.defaults("orders"));
        assertThat(image.owner()).isPresent();
    }

    @Test
    void creatingAClusterAgainChangesNothing() {
        metalog.createCluster(CLUSTER, "tn_1", "bkt_1", ClusterSettings.defaults("orders"));

        assertThat(metalog.image(CLUSTER).number()).isEqualTo(1);
    }

    @Test
    void aPrefixThatBelongsToSomebodyElseIsRefused() {
        var other = ControlPlaneWorld.newDatabase();
        MetalogService stranger = world.process(other, world.store);

        assertThatThrownBy(() -> stranger.createCluster(
                        CLUSTER, "tn_1", "bkt_1", settingsWithShards(ClusterSettings.defaults("orders"), 64)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to");
    }

    @Test
    void anEntryIsToldOnlyAfterItIsStored() throws Exception {
        var inBucketWhenTold = new ArrayList<Boolean>();
        world.audience((cluster, entry) -> {
            inBucketWhenTold.add(world.store.get(KEYS.entry(entry.number())).join() instanceof GetOutcome.Found);
            return CompletableFuture.completedFuture(null);
        });

        stored(topic("t1"));

        assertThat(inBucketWhenTold).containsExactly(true);
    }

    @Test
    void entriesAreStoredInOrderAndNoneIsSkipped() throws Exception {
        int first = append(topic("t1"));
        int second = append(topic("t2"));
        int third = append(topic("t3"));

        metalog.stored(CLUSTER, third).get(10, TimeUnit.SECONDS);

        assertThat(List.of(first, second, third)).containsExactly(2, 3, 4);
        assertThat(world.told).extracting(EncodedEntry::number).containsExactly(2, 3, 4);
        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(4));
        assertThat(world.outboxSize(CLUSTER)).isZero();
    }

    @Test
    void severalEntriesOfOneTransactionFollowEachOther() throws Exception {
        int last = world.inTransaction(() -> {
            metalog.append(CLUSTER, image -> topic("t1"));
            return metalog.append(CLUSTER, image -> {
                assertThat(image.topicId("t1")).isPresent();
                return topic("t2");
            });
        });

        metalog.stored(CLUSTER, last).get(10, TimeUnit.SECONDS);

        assertThat(bucketImage().topicCount()).isEqualTo(2);
    }

    @Test
    void aTransactionThatRollsBackLeavesNothing() throws Exception {
        assertThatThrownBy(() -> world.transactions.executeWithoutResult(status -> {
                    metalog.append(CLUSTER, image -> topic("t1"));
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(metalog.image(CLUSTER).topicCount()).isZero();
        assertThat(stored(topic("t2"))).isEqualTo(2);
        assertThat(bucketImage().topicId("t1")).isEmpty();
    }

    @Test
    void aChangeThatNeedsNothingMakesNoEntry() throws Exception {
        var nothing = metalog.change(CLUSTER, image -> List.of());

        assertThat(nothing.number()).isEqualTo(1);
        nothing.stored().get(10, TimeUnit.SECONDS);
        assertThat(world.told).isEmpty();
    }

    @Test
    void anEntryThatWouldBeVoidIsRefusedBeforeItIsWritten() throws Exception {
        stored(topic("t1"));

        assertThatThrownBy(() -> append(topic("t1")))
                .isInstanceOf(MetalogRefusedException.class)
                .hasMessageContaining("t1");
        assertThat(metalog.image(CLUSTER).number()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
    }

    @Test
    void rowsFollowTheEntries() throws Exception {
        var one = new Incarnation(0, 1);
        var two = new Incarnation(0, 2);
        stored(led(one, 0, IntStream.range(0, 16).toArray()));
        var records = led(two, 1, 0, 1, 2, 3);

        stored(records);

        assertThat(shardsLedBy(one)).isEqualTo(12);
        assertThat(shardsLedBy(two)).isEqualTo(4);
        assertThat(world.jdbc
                        .sql("select leader_epoch from shards where cluster_id = ? and shard = 3")
                        .param(CLUSTER)
                        .query(Integer.class)
                        .single())
                .isEqualTo(3);
    }

    @Test
    void listenersInsideTheTransactionSeeEveryEntry() throws Exception {
        stored(topic("t1"));

        assertThat(world.events)
                .filteredOn(EntryComposed.class::isInstance)
                .hasSize(2)
                .last()
                .satisfies(event -> assertThat(((EntryComposed) event).change().topicsCreated())
                        .hasSize(1));
    }

    @Test
    void aCallerWaitsForConnectedBrokersButNotForDeadOnes() throws Exception {
        var applied = new CompletableFuture<Void>();
        world.audience((cluster, entry) -> applied);

        CompletableFuture<Void> answer = metalog.stored(CLUSTER, append(topic("t1")));

        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));
        answer.get(5, TimeUnit.SECONDS); // nobody ever applies it: patience ends
        assertThat(applied).isNotDone();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aCrashDuringThePutIsFinishedByTheNextProcess(Fault fault) throws Exception {
        world.store.next(fault);
        int number = append(topic("t1"));
        await().until(() -> world.store.puts.contains(KEYS.entry(number)));
        metalog.close();

        metalog = world.process();
        metalog.resume();

        metalog.stored(CLUSTER, number).get(10, TimeUnit.SECONDS);
        assertThat(bucketImage().topicId("t1")).isPresent();
        assertThat(world.told).extracting(EncodedEntry::number).contains(number);
    }

    @Test
    void aCrashBetweenPutAndPushIsFinishedByTheNextProcess() throws Exception {
        world.audience((cluster, entry) -> {
            throw new IllegalStateException("died before anybody was told");
        });
        int number = append(topic("t1"));
        await().until(() -> world.store.get(KEYS.entry(number)).join() instanceof GetOutcome.Found);
        metalog.close();
        world.audience(world.usualAudience());

        metalog = world.process();
        metalog.resume();

        metalog.stored(CLUSTER, number).get(10, TimeUnit.SECONDS);
        assertThat(world.told).extracting(EncodedEntry::number).contains(number);
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
    }

    @Test
    void aCrashBeforeItIsNotedIsFinishedByTheNextProcess() throws Exception {
        // Stored and told, but the outbox still holds it: what a crash before the note leaves.
        int number = stored(topic("t1"));
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
        EncodedEntry entry = inBucket(number);
        world.jdbc.sql("update metalogs set stored_entry = ?").param(number - 1).update();
        world.jdbc
                .sql("insert into metalog_outbox (cluster_id, number, bytes) values (?, ?, ?)")
                .params(CLUSTER, number, entry.bytes())
                .update();
        metalog.close();

        metalog = world.process();
        metalog.resume();

        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(number));
        assertThat(inBucket(number)).isEqualTo(entry);
        assertThat(stored(topic("t2"))).isEqualTo(number + 1);
    }

    @Test
    void anAnswerThatIsLostIsReadBackAndNotTakenForAConflict() throws Exception {
        world.store.next(Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.ANSWER_LOST);

        stored(topic("t1"));

        assertThat(world.jdbc
                        .sql("select attachment from metalogs")
                        .query(String.class)
                        .single())
                .isEqualTo("OWNED");
        assertThat(bucketImage().topicId("t1")).isPresent();
    }

    @Test
    void twoProcessesOnOneDatabaseDoNotDisturbEachOther() throws Exception {
        MetalogService other = world.process();
        for (int i = 0; i < 10; i++) {
            int round = i;
            MetalogService which = i % 2 == 0 ? metalog : other;
            int number = world.inTransaction(() -> which.append(CLUSTER, image -> topic("t" + round)));
            which.stored(CLUSTER, number).get(10, TimeUnit.SECONDS);
        }

        assertThat(bucketImage().topicCount()).isEqualTo(10);
        other.close();
    }

    @Test
    void whenTheDatabaseWasRolledBackTheBucketWins() throws Exception {
        var backup = backup();
        stored(topic("before"));
        metalog.close();
        restore(backup);
        metalog = world.process();

        assertThatThrownBy(() -> append(topic("after"))).isInstanceOf(MetalogConflictException.class);
        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));

        assertThat(metalog.image(CLUSTER).topicId("before")).isPresent();
        assertThat(metalog.image(CLUSTER).topicId("after")).isEmpty();
        assertThat(world.events).anyMatch(ImageAdopted.class::isInstance);
        assertThat(stored(topic("again"))).isEqualTo(3);
        assertThat(bucketImage().topicCount()).isEqualTo(2);
    }

    @Test
    void aProcessThatHoldsANewerImageNoticesThatTheDatabaseWasRolledBack() throws Exception {
        var backup = backup();
        stored(topic("before"));
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
        restore(backup);

        // The same process goes on with what it holds in memory: its first try fails, and then it knows.
        assertThatThrownBy(() -> stored(topic("after"))).isNotNull();
        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));

        assertThat(stored(topic("again"))).isEqualTo(3);
        assertThat(bucketImage().topicCount()).isEqualTo(2);
    }

    @Test
    void resumingFindsEntriesThatTheDatabaseForgot() throws Exception {
        var backup = backup();
        stored(topic("before"));
        metalog.close();
        restore(backup);
        metalog = world.process();

        metalog.resume();

        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));
        assertThat(metalog.image(CLUSTER).topicId("before")).isPresent();
    }

    @Test
    void resumingGoesOnUntilTheBucketAnswers() throws Exception {
        var backup = backup();
        stored(topic("before"));
        metalog.close();
        restore(backup);
        metalog = world.process();
        world.store.dark = true;

        metalog.resume();
        await().until(() ->
                world.store.gets.stream().filter(KEYS.entry(2)::equals).count() > 2);
        world.store.dark = false;

        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));
    }

    @Test
    void aBrokerThatKnowsMoreThanTheDatabaseMakesTheBucketWin() throws Exception {
        var backup = backup();
        stored(topic("before"));
        restore(backup);

        metalog.compare(Map.of(CLUSTER, 2));

        await().untilAsserted(() -> assertThat(world.storedEntry(CLUSTER)).isEqualTo(2));
        assertThat(metalog.image(CLUSTER).topicId("before")).isPresent();
        assertThat(world.events).anyMatch(ImageAdopted.class::isInstance);
    }

    @Test
    void whileBrokersKnowNoMoreThanTheDatabaseTheBucketIsNotAsked() throws Exception {
        stored(topic("t1"));
        world.store.gets.clear();

        metalog.compare(Map.of(CLUSTER, 2));
        stored(topic("t2"));

        assertThat(world.store.gets).isEmpty();
    }

    @Test
    void aForeignClaimDetachesTheClusterForGood() throws Exception {
        var stranger = UUID.randomUUID();
        ClusterImage image = bucketImage();
        EncodedEntry claim = MetalogCodec.encode(image.next(stranger, 5, 0, List.of(MetalogRecords.claim(stranger))));
        world.store
                .put(KEYS.entry(2), claim.buffer(), io.penstock.objectstore.PutCondition.ifAbsent())
                .join();

        CompletableFuture<Void> fate = metalog.stored(CLUSTER, append(topic("t1")));

        assertThatThrownBy(() -> fate.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(MetalogConflictException.class);
        assertThatThrownBy(() -> append(topic("t2"))).isInstanceOf(MetalogDetachedException.class);
        assertThat(world.events).anyMatch(ClusterDetached.class::isInstance);
        metalog.close();
        metalog = world.process();
        metalog.resume();
        assertThatThrownBy(() -> append(topic("t3"))).isInstanceOf(MetalogDetachedException.class);
        assertThat(world.store.get(KEYS.entry(3)).join()).isInstanceOf(GetOutcome.Absent.class);
    }

    @Test
    void whoeverAdoptsAClusterHasAllOfItAndShutsItsOwnerOut() throws Exception {
        stored(topic("t1"));
        try (var heir = world.process(ControlPlaneWorld.newDatabase(), world.store)) {
            assertThat(heir.look("bkt_1", KEYS.prefix())).isInstanceOfSatisfying(PrefixContent.Holds.class, holds -> {
                assertThat(holds.identity().clusterId()).isEqualTo(CLUSTER);
                assertThat(holds.image().topicId("t1")).isPresent();
            });
            heir.prepareAdoption(CLUSTER, "tn_2", "bkt_9", KEYS.prefix());
            assertThatThrownBy(() -> heir.prove(CLUSTER)).isInstanceOf(MetalogDetachedException.class);

            heir.claim(CLUSTER, ClusterSettings.defaults("orders").named("saved"));
            heir.claim(CLUSTER, ClusterSettings.defaults("orders").named("saved"));

            assertThat(heir.image(CLUSTER).number()).isEqualTo(3);
            assertThat(heir.image(CLUSTER).owner()).contains(heir.controlPlane());
            assertThat(heir.image(CLUSTER).settings().orElseThrow().name()).isEqualTo("saved");
            CompletableFuture<Void> late = metalog.stored(CLUSTER, append(topic("t2")));
            assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(MetalogConflictException.class);
            assertThatThrownBy(() -> append(topic("t3"))).isInstanceOf(MetalogDetachedException.class);
            heir.change(CLUSTER, image -> topic("t4")).stored().get(10, TimeUnit.SECONDS);
            assertThat(bucketImage().topicId("t2")).isEmpty();
            assertThat(bucketImage().topicId("t4")).isPresent();
        }
    }

    @Test
    void aClaimThatMeetsTheOwnersEntryGoesBehindIt() throws Exception {
        var heirsStore = new FaultyStore(world.store);
        try (var heir = world.process(ControlPlaneWorld.newDatabase(), heirsStore)) {
            heir.prepareAdoption(CLUSTER, "tn_2", "bkt_9", KEYS.prefix());
            heirsStore.beforeNextPut(() -> {
                try {
                    stored(topic("just-in-time"));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });

            heir.claim(CLUSTER, ClusterSettings.defaults("orders"));

            assertThat(heir.image(CLUSTER).number()).isEqualTo(3);
            assertThat(heir.image(CLUSTER).topicId("just-in-time")).isPresent();
            assertThat(bucketImage().owner()).contains(heir.controlPlane());
        }
    }

    @Test
    void whoeverCrashedWhileClaimingClaimsAtItsReturn() {
        var database = ControlPlaneWorld.newDatabase();
        try (var heir = world.process(database, world.store)) {
            heir.prepareAdoption(CLUSTER, "tn_2", "bkt_9", KEYS.prefix());
        }
        try (var again = world.process(database, world.store)) {
            again.resume();

            again.claim(CLUSTER, ClusterSettings.defaults("orders"));

            assertThat(again.prove(CLUSTER).owner()).contains(again.controlPlane());
        }
    }

    @Test
    void whatCannotBeAdoptedIsNamed() {
        var nowhere = new ClusterPrefix("tn_1/kc_none");
        assertThat(metalog.look("bkt_1", nowhere)).isInstanceOf(PrefixContent.NoCluster.class);

        byte[] identity = new io.penstock.metadata.ClusterIdentity("kc_2", "tn_1", 16, 0).encode();
        assertThat(lookAt("tn_1/kc_unfinished", identity)).isInstanceOf(PrefixContent.NoCluster.class);
        byte[] newer = identity.clone();
        newer[5] = 99;
        assertThat(lookAt("tn_1/kc_newer", newer)).isInstanceOf(PrefixContent.Newer.class);
        byte[] damaged = identity.clone();
        damaged[20] ^= 1;
        assertThat(lookAt("tn_1/kc_damaged", damaged)).isInstanceOf(PrefixContent.Damaged.class);
    }

    private PrefixContent lookAt(String prefix, byte[] identity) {
        var there = new ClusterPrefix(prefix);
        world.store
                .put(
                        new MetaKeys(there).cluster(),
                        java.nio.ByteBuffer.wrap(identity),
                        io.penstock.objectstore.PutCondition.ifAbsent())
                .join();
        return metalog.look("bkt_1", there);
    }

    @Test
    void nothingDestructiveIsDoneWhileTheBucketKnowsMore() throws Exception {
        var backup = backup();
        stored(topic("before"));
        metalog.close();
        restore(backup);
        metalog = world.process();

        ClusterImage proved = metalog.prove(CLUSTER);

        assertThat(proved.topicId("before")).isPresent();
    }

    @Test
    void aRestartedProcessKnowsTheImageFromTheBucketAlone() throws Exception {
        stored(topic("t1"));
        metalog.close();

        metalog = world.process();

        assertThat(metalog.image(CLUSTER).topicId("t1")).isPresent();
    }

    @Test
    void everySoManyEntriesTheBucketGetsASnapshotAndTheNewestTwoAreKept() throws Exception {
        for (int i = 0; i < 4 * ControlPlaneWorld.SNAPSHOT_EVERY; i++) {
            stored(topic("t" + i));
            // One at a time, so that each finds the one before written.
            int due = (i + 2) / ControlPlaneWorld.SNAPSHOT_EVERY;
            await().until(() -> snapshots().size() == Math.min(due, 2));
        }
        int last = world.storedEntry(CLUSTER);
        metalog.close();

        // Whoever starts reads the snapshot and what follows it, and nothing before.
        for (int number = 1; number <= last - ControlPlaneWorld.SNAPSHOT_EVERY; number++) {
            world.store.delete(KEYS.entry(number)).join();
        }
        metalog = world.process();
        assertThat(metalog.image(CLUSTER).number()).isEqualTo(last);
        assertThat(metalog.image(CLUSTER).topicCount()).isEqualTo(4 * ControlPlaneWorld.SNAPSHOT_EVERY);
    }

    private List<ObjectKey> snapshots() {
        return world.store.list(KEYS.snapshots(), Optional.empty(), 100).join() instanceof ListOutcome.Listed listed
                ? listed.objects().stream().map(ListOutcome.Entry::key).toList()
                : List.of();
    }

    @Test
    void appendingNeedsATransaction() {
        assertThatThrownBy(() -> metalog.append(CLUSTER, image -> topic("t1")))
                .isInstanceOf(IllegalStateException.class);
    }

    // ---- words of these tests

    private int append(List<MetalogRecord> records) {
        return world.inTransaction(() -> metalog.append(CLUSTER, image -> records));
    }

    private int stored(List<MetalogRecord> records) throws Exception {
        int number = append(records);
        metalog.stored(CLUSTER, number).get(10, TimeUnit.SECONDS);
        return number;
    }

    private static List<MetalogRecord> topic(String name) {
        return MetalogRecords.createTopic(name, Uuid.randomUuid(), 3, 1, 16, Map.of());
    }

    private static List<MetalogRecord> led(Incarnation by, int node, int... shards) {
        var records = new ArrayList<MetalogRecord>();
        records.add(new MetalogRecord.IncarnationAnnounced(by, node, "127.0.0.1", 9092 + node, Optional.empty(), 1));
        for (int shard : shards) {
            records.add(new MetalogRecord.ShardAssigned(new ShardId(shard), by));
        }
        return records;
    }

    private int shardsLedBy(Incarnation incarnation) {
        return world.jdbc
                .sql("select count(*) from shards where cluster_id = ? and incarnation = ?")
                .params(CLUSTER, incarnation.toString())
                .query(Integer.class)
                .single();
    }

    private EncodedEntry inBucket(int number) {
        if (world.store.get(KEYS.entry(number)).join() instanceof GetOutcome.Found(var v, var bytes, var size)) {
            return EncodedEntry.of(number, bytes);
        }
        throw new AssertionError("entry " + number + " is not in the bucket");
    }

    private ClusterImage bucketImage() {
        try {
            ClusterImage image = ClusterImage.EMPTY;
            while (world.store.get(KEYS.entry(image.number() + 1)).join() instanceof GetOutcome.Found) {
                image = image.apply(inBucket(image.number() + 1)).after();
            }
            return image;
        } catch (io.penstock.metadata.MetadataFormatException e) {
            throw new CompletionException(e);
        }
    }

    private record Backup(int nextEntry, int storedEntry, long checksum) {}

    private Backup backup() {
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
        return world.jdbc
                .sql("select next_entry, stored_entry, composed_checksum from metalogs")
                .query((row, i) -> new Backup(row.getInt(1), row.getInt(2), row.getLong(3)))
                .single();
    }

    private void restore(Backup backup) {
        await().untilAsserted(() -> assertThat(world.outboxSize(CLUSTER)).isZero());
        world.jdbc
                .sql("update metalogs set next_entry = ?, stored_entry = ?, composed_checksum = ?")
                .params(backup.nextEntry(), backup.storedEntry(), backup.checksum())
                .update();
    }

    private static ClusterSettings settingsWithShards(ClusterSettings settings, int shards) {
        return new ClusterSettings(
                settings.name(),
                shards,
                settings.latencyProfile(),
                settings.autoCreateTopics(),
                settings.defaultPartitions(),
                settings.defaultReplicationFactor(),
                settings.offsetsTopicPartitions());
    }
}
