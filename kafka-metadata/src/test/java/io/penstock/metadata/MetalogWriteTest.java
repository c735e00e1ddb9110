// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static io.penstock.metadata.TroubledStore.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MetalogWriteTest {
    private final VirtualActor actor = new VirtualActor();
    private final TroubledStore store = new TroubledStore();
    private final MetalogWrite write = new MetalogWrite(store, KEYS, RetrySettings.defaults(), actor, actor);
    private final EncodedEntry ours = anEntry(1);
    private final EncodedEntry theirs = anEntry(2);

    private static EncodedEntry anEntry(long nonce) {
        return MetalogCodec.encode(new MetalogEntry(1, 0, ACluster.OWNER, nonce, 0, List.of()));
    }

    @Test
    void anEntryIsStoredUnderItsNumberWithItsVeryBytes() {
        assertThat(outcomeOf(ours)).isEqualTo(new WriteOutcome.Stored());
        assertThat(store.bytesAt(KEYS.entry(1))).isEqualTo(ours.bytes());
    }

    @Test
    void whatSomebodyElseWroteIsAConflictAndStays() {
        store.hold(theirs);

        assertThat(outcomeOf(ours)).isEqualTo(new WriteOutcome.Conflict(theirs));
        assertThat(store.bytesAt(KEYS.entry(1))).isEqualTo(theirs.bytes());
    }

    @Test
    void anotherReplicaThatPutTheSameBytesStoredOurEntry() {
        store.hold(ours);

        assertThat(outcomeOf(ours)).isEqualTo(new WriteOutcome.Stored());
    }

    @Test
    void aLostAnswerIsNotAConflict() {
        store.putsWhoseAnswerIsLost = 1;

        assertThat(outcomeOf(ours)).isEqualTo(new WriteOutcome.Stored());
        assertThat(store.puts()).isEqualTo(2);
    }

    @Test
    void theSameBytesAreSentAgainUntilTheStoreAnswers() {
        store.putsToLose = 20;
        CompletableFuture<WriteOutcome> outcome = write.write(ours);

        actor.pass(Duration.ofSeconds(10));
        assertThat(outcome).isNotDone();
        actor.pass(Duration.ofSeconds(60));

        assertThat(outcome).isCompletedWithValue(new WriteOutcome.Stored());
        assertThat(store.puts()).isEqualTo(21);
    }

    @Test
    void aRefusalIsBelievedOnlyWhenTheObjectWasReadBack() {
        store.hold(theirs);
        store.getsToFail = 3;
        CompletableFuture<WriteOutcome> outcome = write.write(ours);

        actor.settle();
        assertThat(outcome).isNotDone();
        actor.pass(Duration.ofSeconds(5));

        assertThat(outcome).isCompletedWithValue(new WriteOutcome.Conflict(theirs));
        assertThat(store.puts()).isEqualTo(1);
    }

    @Test
    void whoeverDoesNotCareAnyMoreEndsTheAttempts() {
        store.putsToLose = Integer.MAX_VALUE;
        CompletableFuture<WriteOutcome> outcome = write.write(ours);
        actor.settle();

        outcome.cancel(false);
        actor.pass(Duration.ofMinutes(1));

        assertThat(store.puts()).isEqualTo(1);
        assertThat(actor.nothingIsPlanned()).isTrue();
    }

    private WriteOutcome outcomeOf(EncodedEntry entry) {
        CompletableFuture<WriteOutcome> outcome = write.write(entry);
        actor.pass(Duration.ofMinutes(1));
        assertThat(outcome).isDone();
        return outcome.join();
    }
}
