// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static io.penstock.metadata.ACluster.STRANGER;
import static io.penstock.metadata.ACluster.topicId;
import static io.penstock.metadata.TroubledStore.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MetalogFollowerTest {
    private final VirtualActor actor = new VirtualActor();
    private final TroubledStore store = new TroubledStore();
    private final List<ImageChange> changes = new ArrayList<>();
    private final List<String> stops = new ArrayList<>();
    private final MetalogFollower follower = aFollower();
    private final ACluster cluster = ACluster.withShards(4).withBrokers(3).withTopic("orders", topicId(1), 8);

    private MetalogFollower aFollower() {
        return new MetalogFollower(store, KEYS, FollowerSettings.defaults(), actor, actor, new ImageListener() {
            @Override
            public void imageChanged(ImageChange change) {
                changes.add(change);
            }

            @Override
            public void followingStopped(String reason) {
                stops.add(reason);
            }
        });
    }

    @Test
    void itStartsWithEveryEntryOfTheBucketInOrder() {
        for (int i = 0; i < 50; i++) {
            cluster.enter();
        }
        store.hold(all());

        CompletableFuture<ClusterImage> started = follower.start();
        actor.settle();

        assertThat(started).isCompletedWithValueMatching(image -> image.number() == 53);
        assertThat(changes)
                .extracting(change -> change.after().number())
                .isSorted()
                .hasSize(53);
        assertSameImage();
    }

    @Test
    void anEmptyBucketIsAStartToo() {
        assertThat(follower.start()).isNotDone();
        actor.settle();
        assertThat(follower.start()).isCompletedWithValue(ClusterImage.EMPTY);
        assertThat(changes).isEmpty();
    }

    @Test
    void whatIsAskedBeforeTheStartIsAnsweredAfterIt() {
        CompletableFuture<ClusterImage> caughtUp = follower.catchUp();
        CompletableFuture<ClusterImage> applied = follower.applied(3);
        follower.entryPushed(cluster.entry(3));
        actor.settle();
        assertThat(caughtUp).isNotDone();

        store.hold(all());
        follower.start();
        actor.settle();

        assertThat(caughtUp).isCompleted();
        assertThat(applied).isCompletedWithValueMatching(image -> image.number() == 3);
    }

    @Test
    void pushedEntriesNeedNoRequest() {
        following();
        int before = store.requests();

        follower.entryPushed(pushAndStore());
        actor.settle();

        assertSameImage();
        assertThat(store.requests()).isEqualTo(before);
    }

    @Test
    void entriesPushedInAnyOrderAndAgainAreAppliedOnceInOrder() {
        following();
        List<EncodedEntry> pushes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pushes.add(pushAndStore());
        }
        pushes.addAll(List.copyOf(pushes));
        Collections.shuffle(pushes, new Random(7));
        changes.clear();

        pushes.forEach(follower::entryPushed);
        actor.settle();

        assertSameImage();
        assertThat(changes)
                .extracting(change -> change.after().number())
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(20);
    }

    @Test
    void aGapIsFilledFromTheBucket() {
        following();
        pushAndStore();
        pushAndStore();

        follower.entryPushed(pushAndStore());
        actor.settle();

        assertSameImage();
        assertThat(store.gets()).endsWith(KEYS.entry(4), KEYS.entry(5));
    }

    @Test
    void aHintThatEntriesAreStoredIsEnough() {
        following();
        pushAndStore();
        CompletableFuture<ClusterImage> applied = follower.applied(4);
        actor.settle();
        assertThat(applied).isNotDone();

        follower.entriesStoredUpTo(4);
        actor.settle();

        assertThat(applied).isCompletedWithValueMatching(image -> image.number() == 4);
    }

    @Test
    void aHintThatComesTooEarlyIsWaitedFor() {
        following();
        EncodedEntry next = nextEntry();

        follower.entriesStoredUpTo(4);
        actor.pass(Duration.ofSeconds(5));
        assertThat(follower.image().number()).isEqualTo(3);
        store.hold(next);
        actor.pass(Duration.ofSeconds(3));

        assertSameImage();
    }

    @Test
    void withItsStreamItNeverAsks() {
        following();
        int before = store.requests();

        actor.pass(Duration.ofHours(1));

        assertThat(store.requests()).isEqualTo(before);
        assertThat(actor.nothingIsPlanned()).isTrue();
    }

    @Test
    void aBrokenStreamMakesItAskForTheNextEntryUntilTheStreamIsBack() {
        following();
        follower.streamBroken();
        actor.pass(Duration.ofMillis(1900));
        int asked = store.requests();
        pushAndStore();
        pushAndStore();
        actor.pass(Duration.ofMillis(200));

        assertSameImage();
        assertThat(store.requests())
                .as("two entries, and the proof that there is no third")
                .isEqualTo(asked + 3);

        follower.streamRestored();
        actor.pass(Duration.ofSeconds(5));
        int after = store.requests();
        actor.pass(Duration.ofMinutes(5));
        assertThat(store.requests()).isEqualTo(after);
    }

    @Test
    void aStreamThatBreaksForAMomentCostsNothing() {
        following();
        int before = store.requests();

        follower.streamBroken();
        actor.pass(Duration.ofSeconds(1));
        follower.streamRestored();
        actor.pass(Duration.ofMinutes(1));

        assertThat(store.requests()).isEqualTo(before);
    }

    @Test
    void aStoreThatDoesNotAnswerDelaysAndLosesNothing() {
        store.hold(all());
        store.listsToFail = 3;
        store.getsToFail = 5;

        CompletableFuture<ClusterImage> started = follower.start();
        actor.pass(Duration.ofSeconds(30));

        assertThat(started).isCompletedWithValueMatching(image -> image.number() == 3);
        assertSameImage();
        assertThat(stops).isEmpty();
    }

    @Test
    void aPushedEntryThatDoesNotFollowGivesWayToTheBuckets() {
        following();
        // A control plane whose database was put back pushes what it believes to be entry 4.
        EncodedEntry imposter = MetalogCodec.encode(new MetalogEntry(4, 99, ACluster.OWNER, 5, 0, List.of()));
        store.hold(nextEntry());

        follower.entryPushed(imposter);
        actor.settle();

        assertSameImage();
        assertThat(stops).isEmpty();
    }

    @Test
    void bytesDamagedOnTheirWayAreReadAgain() {
        store.hold(all());
        store.getsToDamage = 2;

        follower.start();
        actor.pass(Duration.ofSeconds(5));

        assertSameImage();
        assertThat(stops).isEmpty();
    }

    @Test
    void aDamagedEntryStopsTheFollowerAndKeepsItsImage() {
        following();
        byte[] damaged = nextEntry().bytes();
        damaged[damaged.length - 1]++;
        store.hold(KEYS.entry(4), damaged);
        CompletableFuture<ClusterImage> applied = follower.applied(4);

        follower.entriesStoredUpTo(4);
        actor.pass(Duration.ofMinutes(1));

        assertThat(stops).singleElement().asString().contains("entry 4").contains("damaged");
        assertThat(follower.image().number()).isEqualTo(3);
        assertThat(applied).isCompletedExceptionally();
        assertThat(actor.nothingIsPlanned()).isTrue();
    }

    @Test
    void aBrokenChainStopsTheFollower() {
        following();
        store.hold(MetalogCodec.encode(new MetalogEntry(4, 99, ACluster.OWNER, 5, 0, List.of())));

        follower.entriesStoredUpTo(4);
        actor.pass(Duration.ofMinutes(1));

        assertThat(stops).singleElement().asString().contains("entry 4 follows");
    }

    @Test
    void voidEntriesAreToldAndChangeNothingButTheNumber() {
        following();
        changes.clear();
        cluster.enterAs(STRANGER, cluster.failoverRecords(1, 2));
        store.hold(cluster.entries().getLast());

        follower.entriesStoredUpTo(4);
        actor.settle();

        assertThat(changes).singleElement().matches(ImageChange::isVoid);
        assertThat(follower.image().shards().isRetired(ACluster.incarnation(1))).isFalse();
    }

    @Test
    void itStartsFromTheNewestSnapshotAndReplaysWhatFollows() {
        ClusterImage atThree = cluster.image();
        store.hold(all());
        pushAndStore();
        store.hold(KEYS.snapshot(3), MetaSnapshot.encode(atThree));

        follower.start();
        actor.settle();

        assertSameImage();
        assertThat(store.gets()).containsExactly(KEYS.snapshot(3), KEYS.entry(4));
        assertThat(changes).hasSize(2);
        assertThat(changes.getFirst().topicsCreated()).containsExactly(topicId(1));
        assertThat(changes.getFirst().shardsAssigned()).hasSize(4);
        assertThat(changes.getFirst().kafka().topicsDelta().createdTopicIds()).containsExactly(topicId(1));
    }

    @Test
    void aDamagedSnapshotIsReplacedByTheOneBefore() {
        ClusterImage atThree = cluster.image();
        store.hold(KEYS.snapshot(3), MetaSnapshot.encode(atThree));
        cluster.enter();
        byte[] damaged = MetaSnapshot.encode(cluster.image());
        damaged[damaged.length / 2]++;
        store.hold(KEYS.snapshot(4), damaged);
        store.hold(all());

        follower.start();
        actor.settle();

        assertThat(store.gets()).containsExactly(KEYS.snapshot(4), KEYS.snapshot(3), KEYS.entry(4));
        assertSameImage();
    }

    @Test
    void aDamagedSnapshotCostsAReplayAndNothingElse() {
        byte[] snapshot = MetaSnapshot.encode(cluster.image());
        snapshot[snapshot.length / 2]++;
        store.hold(all());
        store.hold(KEYS.snapshot(3), snapshot);

        follower.start();
        actor.settle();

        assertSameImage();
        assertThat(stops).isEmpty();
    }

    @Test
    void catchingUpFindsWhatNobodyTold() {
        following();
        pushAndStore();
        pushAndStore();

        CompletableFuture<ClusterImage> caughtUp = follower.catchUp();
        actor.settle();

        assertThat(caughtUp).isCompletedWithValueMatching(image -> image.number() == 5);
    }

    @Test
    void aClosedFollowerAppliesNothingMore() {
        following();
        CompletableFuture<ClusterImage> applied = follower.applied(4);

        follower.close();
        follower.entryPushed(nextEntry());
        actor.settle();

        assertThat(follower.image().number()).isEqualTo(3);
        assertThat(applied).isCompletedExceptionally();
        assertThat(stops).isEmpty();
    }

    private void following() {
        store.hold(all());
        follower.start();
        actor.settle();
        assertSameImage();
    }

    private EncodedEntry[] all() {
        return cluster.entries().toArray(new EncodedEntry[0]);
    }

    private EncodedEntry nextEntry() {
        cluster.enter();
        return cluster.entries().getLast();
    }

    private EncodedEntry pushAndStore() {
        EncodedEntry next = nextEntry();
        store.hold(next);
        return next;
    }

    private void assertSameImage() {
        assertThat(follower.image().number()).isEqualTo(cluster.image().number());
        assertThat(MetaSnapshot.encode(follower.image())).isEqualTo(MetaSnapshot.encode(cluster.image()));
    }
}
