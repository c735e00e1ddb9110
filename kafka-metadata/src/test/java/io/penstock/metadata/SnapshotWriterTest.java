// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static io.penstock.metadata.TroubledStore.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SnapshotWriterTest {
    private final VirtualActor actor = new VirtualActor();
    private final TroubledStore store = new TroubledStore();
    private final SnapshotWriter writer = new SnapshotWriter(store, KEYS, FollowerSettings.defaults(), actor, actor);
    private final ACluster cluster = ACluster.withShards(4).withBrokers(2);

    @Test
    void theSnapshotHoldsWhatTheBucketHolds() {
        cluster.entries().forEach(store::hold);

        SnapshotOutcome outcome = outcome();

        assertThat(outcome).isEqualTo(new SnapshotOutcome.Stored(2));
        assertThat(store.bytesAt(KEYS.snapshot(2))).isEqualTo(MetaSnapshot.encode(cluster.image()));
    }

    @Test
    void aSecondSnapshotAtTheSameEntryIsTheSame() {
        cluster.entries().forEach(store::hold);
        outcome();
        assertThat(outcome()).isEqualTo(new SnapshotOutcome.Stored(2));
    }

    @Test
    void anEmptyMetalogHasNone() {
        assertThat(outcome()).isInstanceOf(SnapshotOutcome.NotStored.class);
    }

    @Test
    void aPutWithoutAnswerIsNotBelieved() {
        cluster.entries().forEach(store::hold);
        store.putsToLose = 1;
        assertThat(outcome()).isInstanceOf(SnapshotOutcome.NotStored.class);
    }

    private SnapshotOutcome outcome() {
        CompletableFuture<SnapshotOutcome> outcome = writer.write();
        actor.settle();
        assertThat(outcome).isDone();
        return outcome.join();
    }
}
