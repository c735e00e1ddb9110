// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Isolation;
import io.penstock.log.PartitionRef;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class FetchTailTest {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final FetchKey A = new FetchKey("", TOPIC, 0);
    private static final FetchKey B = new FetchKey("", TOPIC, 1);
    private static final PartitionRef AT_A = new PartitionRef(new ShardId(0), TOPIC, 0);
    private static final PartitionRef AT_B = new PartitionRef(new ShardId(1), TOPIC, 1);

    private final FetchWaits waits = new FetchWaits();
    private final FetchTail tail = new FetchTail(waits, List.of(want(A, 0), want(B, 0)));
    private final AtomicInteger told = new AtomicInteger();
    private final Runnable counting = told::incrementAndGet;

    @Test
    void whatWasReadToItsEndIsNotDueUntilItProgresses() {
        begin();
        assertThat(tail.claim()).containsExactly(want(A, 0), want(B, 0));
        assertThat(tail.hasDue()).isFalse();

        waits.highWatermarkAdvanced(AT_B, 7);

        assertThat(told).hasValue(1);
        assertThat(tail.claim()).containsExactly(want(B, 0));
    }

    @Test
    void whatHadRecordsIsDueAgainBehindTheOthers() {
        begin();
        tail.claim();
        waits.highWatermarkAdvanced(AT_B, 7);

        tail.end(counting, List.of(A));

        assertThat(tail.claim()).extracting(Wanted::key).containsExactly(B, A);
    }

    @Test
    void afterAFetchNobodyIsToldAndNothingIsMissed() {
        begin();
        tail.claim();
        tail.end(counting, List.of());

        waits.highWatermarkAdvanced(AT_A, 1);

        assertThat(told).hasValue(0);
        assertThat(tail.hasDue()).isTrue();
    }

    @Test
    void whatIsAskedForAnewIsDue() {
        begin();
        tail.claim();

        tail.change(List.of(want(A, 5)), List.of(B));

        assertThat(tail.claim()).containsExactly(want(A, 5));
        waits.highWatermarkAdvanced(AT_B, 7);
        assertThat(tail.hasDue()).as("it was forgotten").isFalse();
        assertThat(waits.size()).isEqualTo(1);
    }

    @Test
    void aShardThatClosesAndAnEndedIncarnationAreProgress() {
        begin();
        tail.claim();

        waits.shardClosed(new ShardId(1), new LeaderEpoch(3));
        assertThat(tail.claim()).extracting(Wanted::key).containsExactly(B);

        waits.incarnationFenced();
        assertThat(tail.claim()).extracting(Wanted::key).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void underAnotherIsolationEverythingIsDue() {
        begin();
        tail.claim();

        tail.begin(Isolation.READ_COMMITTED, counting);

        assertThat(tail.claim()).hasSize(2);
    }

    @Test
    void whoIsClosedWatchesNothing() {
        begin();

        tail.close();

        assertThat(waits.size()).isZero();
        tail.watch(A, AT_A);
        assertThat(waits.size()).isZero();
    }

    private void begin() {
        tail.begin(Isolation.READ_UNCOMMITTED, counting);
        tail.watch(A, AT_A);
        tail.watch(B, AT_B);
    }

    private static Wanted want(FetchKey key, long offset) {
        return new Wanted(key, offset, 1000, -1);
    }
}
