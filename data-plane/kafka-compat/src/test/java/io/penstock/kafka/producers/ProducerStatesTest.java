// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.producers.ProducerVerdict.Accepted;
import io.penstock.kafka.producers.ProducerVerdict.Duplicate;
import io.penstock.kafka.producers.ProducerVerdict.Reason;
import io.penstock.kafka.producers.ProducerVerdict.Rejected;
import io.penstock.kafka.records.TransactionMarker;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {
    private static final int DAY = 86_400_000;
    private final ProducerStates states = new ProducerStates("t", 0, DAY, () -> 0);

    private static ProducerBatch batch(long producer, int epoch, int sequence, int records, long offset) {
        return new ProducerBatch(
                producer,
                (short) epoch,
                sequence,
                sequence + records - 1,
                offset,
                offset + records - 1,
                1_000,
                false,
                Optional.empty());
    }

    private static ProducerBatch transactional(long producer, int sequence, long offset) {
        return new ProducerBatch(
                producer, (short) 0, sequence, sequence, offset, offset, 1_000, true, Optional.empty());
    }

    private static ProducerBatch marker(long producer, boolean commit, long offset) {
        return new ProducerBatch(
                producer,
                (short) 0,
                -1,
                -1,
                offset,
                offset,
                1_000,
                true,
                Optional.of(new TransactionMarker(commit, 0)));
    }

    private ProducerVerdict append(ProducerBatch batch) {
        TransactionTerms terms = batch.transactional() ? verified(batch, false) : TransactionTerms.NONE;
        ProducerVerdict verdict = states.judge(List.of(batch), true, terms);
        if (verdict instanceof Accepted accepted) {
            states.apply(accepted);
        }
        return verdict;
    }

    private TransactionTerms verified(ProducerBatch batch, boolean epochPerTransaction) {
        return states.startVerification(
                                batch.producerId(), batch.producerEpoch(), batch.firstSequence(), epochPerTransaction)
                        instanceof VerificationStart.Needed(TransactionTerms terms)
                ? terms
                : TransactionTerms.NONE;
    }

    private static Reason reasonOf(ProducerVerdict verdict) {
        assertThat(verdict).isInstanceOf(Rejected.class);
        return ((Rejected) verdict).reason();
    }

    @Test
    void theLastFiveBatchesAreRecognisedAsDuplicates() {
        for (int i = 0; i < 7; i++) {
            assertThat(append(batch(1, 0, i * 2, 2, 100 + i * 2))).isInstanceOf(Accepted.class);
        }

        assertThat(append(batch(1, 0, 12, 2, 114))).isEqualTo(new Duplicate(112, 113));
        assertThat(append(batch(1, 0, 4, 2, 114))).isEqualTo(new Duplicate(104, 105));
        assertThat(reasonOf(append(batch(1, 0, 2, 2, 114)))).isEqualTo(Reason.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void aGapInSequencesIsRefusedAndChangesNothing() {
        append(batch(1, 0, 0, 3, 0));

        assertThat(reasonOf(append(batch(1, 0, 4, 1, 3)))).isEqualTo(Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(append(batch(1, 0, 3, 1, 3))).isInstanceOf(Accepted.class);
    }

    @Test
    void anOlderEpochIsFencedAndANewOneStartsAtZero() {
        append(batch(1, 3, 0, 1, 0));

        assertThat(reasonOf(append(batch(1, 2, 1, 1, 1)))).isEqualTo(Reason.INVALID_PRODUCER_EPOCH);
        assertThat(reasonOf(append(batch(1, 4, 7, 1, 1)))).isEqualTo(Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(append(batch(1, 4, 0, 1, 1))).isInstanceOf(Accepted.class);
    }

    @Test
    void anUnknownProducerMayStartAnywhere() {
        assertThat(append(batch(1, 0, 17, 1, 0))).isInstanceOf(Accepted.class);
    }

    @Test
    void sequencesContinueAtZeroAfterTheLargest() {
        append(new ProducerBatch(
                1, (short) 0, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 0, 1, 0, false, Optional.empty()));

        assertThat(append(batch(1, 0, 0, 1, 2))).isInstanceOf(Accepted.class);
    }

    @Test
    void anOpenTransactionHoldsTheFirstUnstableOffsetUntilItsMarkerIsBelowTheHighWatermark() {
        append(batch(1, 0, 0, 1, 0));
        append(transactional(2, 0, 1));
        assertThat(states.firstUnstableOffset()).isEqualTo(OptionalLong.of(1));

        states.apply((Accepted) states.judge(List.of(marker(2, false, 2)), false, TransactionTerms.NONE));

        assertThat(states.firstUnstableOffset()).isEqualTo(OptionalLong.of(1));
        states.highWatermarkIs(3);
        assertThat(states.firstUnstableOffset()).isEmpty();
        assertThat(states.aborted().in(0, 2)).containsExactly(new AbortedTransaction(2, 1, 2, 3));
        assertThat(states.aborted().in(3, 9)).isEmpty();
    }

    @Test
    void recordsBeginATransactionOnlyIfItsCoordinatorWasAsked() {
        assertThat(reasonOf(states.judge(List.of(transactional(2, 0, 0)), true, TransactionTerms.NONE)))
                .isEqualTo(Reason.INVALID_TRANSACTION);
        TransactionTerms terms = verified(transactional(2, 0, 0), false);

        assertThat(states.judge(List.of(transactional(2, 0, 0)), true, terms)).isInstanceOf(Accepted.class);
    }

    @Test
    void aMarkerMakesWhatWasVerifiedBeforeItVoid() {
        TransactionTerms terms = verified(transactional(2, 0, 0), false);
        states.apply((Accepted) states.judge(List.of(marker(2, false, 0)), false, TransactionTerms.NONE));

        assertThat(reasonOf(states.judge(List.of(transactional(2, 0, 1)), true, terms)))
                .isEqualTo(Reason.INVALID_TRANSACTION);
    }

    @Test
    void anOpenTransactionIsNotVerifiedAgain() {
        append(transactional(2, 0, 0));

        assertThat(states.startVerification(2, (short) 0, 1, false)).isEqualTo(new VerificationStart.Ongoing());
        assertThat(states.judge(List.of(transactional(2, 1, 1)), true, TransactionTerms.NONE))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void recordsOfAnOlderEpochAreNotVerified() {
        append(batch(2, 3, 0, 1, 0));

        assertThat(states.startVerification(2, (short) 2, 0, true))
                .isInstanceOfSatisfying(
                        VerificationStart.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Reason.INVALID_PRODUCER_EPOCH));
    }

    @Test
    void aLateMarkerOfTransactionVersion2EndsNothing() {
        append(transactional(2, 0, 0));
        TransactionTerms ofVersion2 = TransactionTerms.marker((short) 2);

        assertThat(reasonOf(states.judge(List.of(marker(2, false, 1)), false, ofVersion2)))
                .isEqualTo(Reason.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void loadedStateBehavesAsTheStateThatWasSaved() {
        append(batch(1, 0, Integer.MAX_VALUE - 1, 1, 0));
        append(new ProducerBatch(1, (short) 0, Integer.MAX_VALUE, 1, 1, 3, 1_000, false, Optional.empty()));
        append(transactional(2, 0, 4));
        append(transactional(3, 0, 5));
        states.apply((Accepted) states.judge(List.of(marker(3, false, 6)), false, TransactionTerms.NONE));
        states.highWatermarkIs(7);

        var loaded = new ProducerStates("t", 0, DAY, () -> 0);
        loaded.load(states.entries(), states.aborted().asList(), 7);

        assertThat(loaded.entries()).isEqualTo(states.entries());
        assertThat(loaded.firstUnstableOffset()).isEqualTo(OptionalLong.of(4));
        assertThat(loaded.aborted().asList()).isEqualTo(states.aborted().asList());
        ProducerBatch retry =
                new ProducerBatch(1, (short) 0, Integer.MAX_VALUE, 1, 7, 9, 1_000, false, Optional.empty());
        assertThat(loaded.judge(List.of(retry), true, TransactionTerms.NONE)).isEqualTo(new Duplicate(1, 3));
        assertThat(loaded.judge(List.of(batch(1, 0, 2, 1, 7)), true, TransactionTerms.NONE))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void producersAreForgottenAfterTheirTime() {
        append(batch(1, 0, 0, 1, 0));

        states.removeExpired(1_000L + DAY);

        assertThat(states.isEmpty()).isTrue();
    }
}
