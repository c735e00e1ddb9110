// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.transactions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionalIdTest {
    private static final TransactionVersion V0 = TransactionVersion.TV_0;
    private static final TransactionVersion V2 = TransactionVersion.TV_2;
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);
    private static final int TIMEOUT = 1_000;

    private long now = 1_000_000;
    private TransactionalId id = TransactionalId.unused("id", 7, now);

    // ---- what a coordinator does

    private TransactionStep written(TransactionDecision decision) {
        assertThat(decision).isInstanceOf(TransactionDecision.Write.class);
        return ((TransactionDecision.Write) decision).step();
    }

    private TransactionStep applied(TransactionDecision decision) {
        TransactionStep step = written(decision);
        id.applied(step);
        return step;
    }

    private static Errors refused(TransactionDecision decision) {
        assertThat(decision).isInstanceOf(TransactionDecision.Refused.class);
        return ((TransactionDecision.Refused) decision).error();
    }

    private TransactionDecision initialize(Optional<ProducerIdAndEpoch> expected, OptionalLong fresh) {
        return id.initialize(TIMEOUT, expected, V2, fresh, now);
    }

    private ProducerIdAndEpoch initialized() {
        return applied(initialize(Optional.empty(), OptionalLong.empty())).producer();
    }

    private ProducerIdAndEpoch ongoing(TransactionVersion client) {
        ProducerIdAndEpoch producer = initialized();
        applied(id.addPartitions(producer, Set.of(A, B), client, now));
        return producer;
    }

    private TransactionDecision end(ProducerIdAndEpoch producer, boolean commit, TransactionVersion client) {
        return id.end(producer, commit, client, OptionalLong.empty(), now);
    }

    /// Decided, and all markers written.
    private void ended(TransactionDecision decision) {
        applied(decision);
        TransactionStep completion = id.completion(now);
        id.partitions().forEach(id::ended);
        id.applied(completion);
    }

    private static ProducerIdAndEpoch producer(long producerId, int epoch) {
        return new ProducerIdAndEpoch(producerId, (short) epoch);
    }

    private TransactionalId reloaded(TransactionStep... steps) {
        Map<String, TransactionalId> known = new HashMap<>();
        for (TransactionStep step : steps) {
            TransactionReplay.replay(step.batch(V2, now), 0, known);
        }
        assertThat(known).hasSize(1);
        return requireNonNull(known.get("id"));
    }

    // ---- beginning

    @Test
    void everyProducerGetsTheNextEpoch() {
        assertThat(initialized()).isEqualTo(producer(7, 0));
        assertThat(initialized()).isEqualTo(producer(7, 1));
    }

    @Test
    void aStepThatIsNotDurableLeavesEverythingAsItWas() {
        initialized();
        id.failed(written(initialize(Optional.empty(), OptionalLong.empty())));

        assertThat(id.producer()).isEqualTo(producer(7, 0));
        assertThat(initialized()).isEqualTo(producer(7, 1));
    }

    @Test
    void oneStepIsUnderWayAtATime() {
        ProducerIdAndEpoch producer = initialized();
        written(id.addPartitions(producer, Set.of(A), V0, now));

        assertThat(refused(id.addPartitions(producer, Set.of(B), V0, now))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(end(producer, true, V0))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(end(producer, true, V2))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(initialize(Optional.empty(), OptionalLong.empty())))
                .isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(id.abort(V2, OptionalLong.empty(), now))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
    }

    @Test
    void aProducerGoesOnAfterAnErrorUnlessItWasReplaced() {
        ProducerIdAndEpoch first = initialized();
        ProducerIdAndEpoch second =
                applied(initialize(Optional.of(first), OptionalLong.empty())).producer();
        assertThat(second).isEqualTo(producer(7, 1));
        // The answer was lost: the same question has the same answer.
        assertThat(applied(initialize(Optional.of(first), OptionalLong.empty())).producer())
                .isEqualTo(second);

        initialized();

        assertThat(refused(initialize(Optional.of(second), OptionalLong.empty())))
                .isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(refused(initialize(Optional.of(producer(99, 0)), OptionalLong.empty())))
                .isEqualTo(Errors.PRODUCER_FENCED);
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionVersion.class,
            names = {"TV_0", "TV_2"})
    void anOpenTransactionIsAbortedBeforeTheNextProducerBegins(TransactionVersion cluster) {
        ProducerIdAndEpoch zombie = ongoing(V0);

        TransactionDecision abort = id.initialize(TIMEOUT, Optional.empty(), cluster, OptionalLong.empty(), now);
        assertThat(written(abort).isPrepared()).isTrue();
        ended(abort);

        assertThat(id.stateName()).isEqualTo("CompleteAbort");
        assertThat(refused(end(zombie, true, V0))).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(refused(id.addPartitions(zombie, Set.of(A), V0, now))).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(initialized()).isEqualTo(producer(7, 2));
    }

    @Test
    void anEpochThatWasRaisedToFenceAndNotWrittenIsNotRaisedAgain() {
        ongoing(V0);

        id.failed(written(id.abort(V0, OptionalLong.empty(), now)));
        TransactionStep again = written(id.abort(V0, OptionalLong.empty(), now));

        assertThat(again.producer()).isEqualTo(producer(7, 1));
    }

    // ---- epochs that are used up

    private ProducerIdAndEpoch exhausted() {
        ProducerIdAndEpoch producer = initialized();
        while (producer.epoch < Short.MAX_VALUE - 1) {
            producer = initialized();
        }
        return producer;
    }

    @Test
    void aProducerIdWhoseEpochsAreUsedUpIsReplaced() {
        ProducerIdAndEpoch last = exhausted();

        assertThat(initialize(Optional.empty(), OptionalLong.empty()))
                .isEqualTo(new TransactionDecision.NeedsProducerId());
        assertThat(refused(initialize(Optional.of(producer(7, 3)), OptionalLong.of(8))))
                .isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(applied(initialize(Optional.of(last), OptionalLong.of(8))).producer())
                .isEqualTo(producer(8, 0));
        assertThat(refused(id.addPartitions(last, Set.of(A), V0, now))).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void aTransactionThatUsesTheLastEpochEndsWithANewProducerId() {
        ProducerIdAndEpoch last = exhausted();
        applied(id.addPartitions(last, Set.of(A), V2, now));

        assertThat(end(last, true, V2)).isEqualTo(new TransactionDecision.NeedsProducerId());
        TransactionStep prepared = applied(id.end(last, true, V2, OptionalLong.of(8), now));
        // Markers go out under the old id, with an epoch that no client gets.
        assertThat(prepared.producer()).isEqualTo(producer(7, Short.MAX_VALUE));
        TransactionStep completion = id.completion(now);
        id.ended(A);
        id.applied(completion);

        assertThat(completion.producer()).isEqualTo(producer(8, 0));
        assertThat(end(last, true, V2)).isEqualTo(new TransactionDecision.Unchanged(producer(8, 0)));
        assertThat(refused(end(last, false, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void theNewProducerIdIsKnownToTheNextCoordinator() {
        ProducerIdAndEpoch last = exhausted();
        applied(id.addPartitions(last, Set.of(A), V2, now));
        TransactionStep prepared = applied(id.end(last, true, V2, OptionalLong.of(8), now));

        id = reloaded(prepared);

        assertThat(id.isPrepared()).isTrue();
        assertThat(id.completion(now).producer()).isEqualTo(producer(8, 0));
    }

    // ---- partitions

    @Test
    void partitionsAreAddedOnceAndVerified() {
        ProducerIdAndEpoch producer = ongoing(V0);

        assertThat(id.addPartitions(producer, Set.of(B), V0, now))
                .isEqualTo(new TransactionDecision.Unchanged(producer));
        assertThat(id.verify(producer, Set.of(A, new TopicPartition("c", 0))))
                .containsEntry(A, Errors.NONE)
                .containsEntry(new TopicPartition("c", 0), Errors.TRANSACTION_ABORTABLE);
        assertThat(id.verify(producer(7, 9), Set.of(A))).containsEntry(A, Errors.PRODUCER_FENCED);
        assertThat(id.verify(producer(8, 0), Set.of(A))).containsEntry(A, Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void whatIsDecidedTakesNoMorePartitions() {
        ProducerIdAndEpoch producer = ongoing(V0);
        applied(end(producer, true, V0));

        assertThat(id.verify(producer, Set.of(A))).containsEntry(A, Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(id.addPartitions(producer, Set.of(A), V0, now))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
    }

    // ---- ending: versions 0 and 1

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTransactionEndsAsItsProducerSays(boolean commit) {
        ProducerIdAndEpoch producer = ongoing(V0);

        applied(end(producer, commit, V0));
        assertThat(id.commits()).isEqualTo(commit);
        assertThat(refused(end(producer, commit, V0))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(end(producer, !commit, V0))).isEqualTo(Errors.INVALID_TXN_STATE);
        TransactionStep completion = id.completion(now);
        id.ended(A);
        assertThat(id.partitions()).containsExactly(B);
        id.ended(B);
        id.applied(completion);

        assertThat(id.stateName()).isEqualTo(commit ? "CompleteCommit" : "CompleteAbort");
        assertThat(id.producer()).isEqualTo(producer);
        assertThat(end(producer, commit, V0)).isEqualTo(new TransactionDecision.Unchanged(producer));
        assertThat(refused(end(producer, !commit, V0))).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void whatHasNotBegunCannotEnd() {
        ProducerIdAndEpoch producer = initialized();

        assertThat(refused(end(producer, true, V0))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(producer, false, V0))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(producer, true, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(producer(7, 5), true, V0))).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(refused(end(producer(9, 0), true, V0))).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    // ---- ending: version 2. Every end raises the epoch; a retry comes with the epoch before

    @Test
    void everyTransactionHasAnEpochOfItsOwn() {
        ProducerIdAndEpoch producer = ongoing(V2);

        TransactionStep prepared = applied(end(producer, true, V2));
        assertThat(prepared.producer()).isEqualTo(producer(7, 1));
        assertThat(refused(end(producer, true, V2))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(refused(end(producer, false, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        TransactionStep completion = id.completion(now);
        id.partitions().forEach(id::ended);
        id.applied(completion);

        assertThat(id.producer()).isEqualTo(producer(7, 1));
        assertThat(id.transactionVersion()).isEqualTo((short) 2);
        assertThat(refused(id.addPartitions(producer, Set.of(A), V2, now))).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void theTableOfKip890Holds() {
        ProducerIdAndEpoch empty = initialized();
        assertThat(refused(end(producer(7, -1), false, V2))).isEqualTo(Errors.PRODUCER_FENCED);
        ended(end(empty, false, V2)); // Empty, abort, current: the epoch is raised

        ProducerIdAndEpoch aborted = id.producer();
        assertThat(aborted).isEqualTo(producer(7, 1));
        assertThat(end(empty, false, V2)).isEqualTo(new TransactionDecision.Unchanged(aborted));
        assertThat(refused(end(empty, true, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(aborted, true, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        ended(end(aborted, false, V2)); // CompleteAbort, abort, current

        ProducerIdAndEpoch before = id.producer();
        applied(id.addPartitions(before, Set.of(A), V2, now));
        ended(end(before, true, V2));
        ProducerIdAndEpoch committed = id.producer();
        assertThat(end(before, true, V2)).isEqualTo(new TransactionDecision.Unchanged(committed));
        assertThat(refused(end(before, false, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(committed, true, V2))).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(refused(end(empty, true, V2))).isEqualTo(Errors.PRODUCER_FENCED);
        ended(end(committed, false, V2)); // CompleteCommit, abort, current
        assertThat(id.producer()).isEqualTo(producer(7, committed.epoch + 1));
    }

    // ---- what time brings

    @ParameterizedTest
    @EnumSource(
            value = TransactionVersion.class,
            names = {"TV_0", "TV_2"})
    void aTransactionThatIsOpenForTooLongShutsItsProducerOut(TransactionVersion cluster) {
        ProducerIdAndEpoch slow = ongoing(V0);
        now += TIMEOUT;
        assertThat(id.isTimedOut(now)).isFalse();
        now += 1;
        assertThat(id.isTimedOut(now)).isTrue();

        ended(id.abort(cluster, OptionalLong.empty(), now));

        assertThat(id.isTimedOut(now + TIMEOUT)).isFalse();
        assertThat(id.producer()).isEqualTo(producer(7, 1));
        assertThat(refused(end(slow, true, V0))).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void onlyIdsWithoutTransactionExpire() {
        ProducerIdAndEpoch producer = ongoing(V0);
        assertThat(id.isExpired(now + 10_000, 10_000)).isFalse();
        ended(end(producer, true, V0));

        assertThat(id.isExpired(now + 9_999, 10_000)).isFalse();
        assertThat(id.isExpired(now + 10_000, 10_000)).isTrue();
        TransactionStep tombstone = id.forgetting();
        assertThat(refused(id.addPartitions(producer, Set.of(A), V0, now))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        Map<String, TransactionalId> known = new HashMap<>(Map.of("id", id));
        TransactionReplay.replay(tombstone.batch(V2, now), 0, known);
        assertThat(known).isEmpty();
    }

    // ---- the next coordinator

    @Test
    void theLastRecordOfAnIdCounts() {
        ProducerIdAndEpoch producer = initialized();
        TransactionStep one = applied(id.addPartitions(producer, Set.of(A), V0, now));
        TransactionStep two = applied(id.addPartitions(producer, Set.of(B), V0, now));

        id = reloaded(one, two);

        assertThat(id.stateName()).isEqualTo("Ongoing");
        assertThat(id.partitions()).containsExactlyInAnyOrder(A, B);
        assertThat(id.timeoutMillis()).isEqualTo(TIMEOUT);
        assertThat(id.startedAtMillis()).isEqualTo(now);
        applied(end(producer, true, V0));
        assertThat(id.commits()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsDecidedIsEndedByTheNextCoordinator(boolean commit) {
        ProducerIdAndEpoch producer = ongoing(V2);
        TransactionStep prepared = applied(end(producer, commit, V2));

        id = reloaded(prepared);

        assertThat(id.isPrepared()).isTrue();
        assertThat(id.commits()).isEqualTo(commit);
        assertThat(id.partitions()).containsExactlyInAnyOrder(A, B);
        TransactionStep completion = id.completion(now);
        assertThat(refused(initialize(Optional.empty(), OptionalLong.empty())))
                .isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        id.partitions().forEach(id::ended);
        id.applied(completion);
        assertThat(end(producer, commit, V2)).isEqualTo(new TransactionDecision.Unchanged(producer(7, 1)));
    }

    @Test
    void recordsBelowTheOffsetArePassedOver() {
        ByteBuffer batch =
                applied(initialize(Optional.empty(), OptionalLong.empty())).batch(V0, now);
        Map<String, TransactionalId> known = new HashMap<>();

        assertThat(TransactionReplay.replay(batch, 1, known)).isEqualTo(1);
        assertThat(known).isEmpty();
        assertThat(TransactionReplay.replay(batch, 0, known)).isEqualTo(1);
        assertThat(known).hasSize(1);
    }
}
