// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FetchBudgetTest {

    @Test
    void theFirstBatchOfAResponseAlwaysFits() {
        FetchBudget budget = new FetchBudget(10);

        assertThat(sizes(budget.take(List.of(batches(100, 100)), 10))).containsExactly(100);
        assertThat(budget.left()).isZero();
    }

    @Test
    void theFirstBatchOfAnotherPartitionDoesNotFitByRight() {
        FetchBudget budget = new FetchBudget(150);
        budget.take(List.of(batches(100)), 1000);

        assertThat(budget.take(List.of(batches(100)), 1000)).isEmpty();
        assertThat(sizes(budget.take(List.of(batches(50)), 1000))).containsExactly(50);
    }

    @Test
    void aPartitionsOwnLimitCutsAtABatch() {
        FetchBudget budget = new FetchBudget(1000);

        assertThat(sizes(budget.take(List.of(batches(100, 100, 100), batches(100)), 250)))
                .containsExactly(200);
        assertThat(budget.left()).isEqualTo(800);
    }

    @Test
    void wholeBuffersAreHandedOnAsTheyAre() {
        FetchBudget budget = new FetchBudget(1000);
        ByteBuffer one = batches(100);
        ByteBuffer two = batches(200, 100);

        assertThat(budget.take(List.of(one, two), 1000))
                .satisfiesExactly(
                        first -> assertThat(first).isSameAs(one),
                        second -> assertThat(second).isSameAs(two));
    }

    @Test
    void whatIsGivenBackMayBeTakenAgain() {
        FetchBudget budget = new FetchBudget(100);
        budget.take(List.of(batches(100)), 1000);
        budget.giveBack(100);

        assertThat(sizes(budget.take(List.of(batches(100)), 1000))).containsExactly(100);
    }

    private static List<Integer> sizes(List<ByteBuffer> buffers) {
        return buffers.stream().map(ByteBuffer::remaining).toList();
    }

    /// Batches that have a length and nothing else.
    private static ByteBuffer batches(int... sizes) {
        int all = 0;
        for (int size : sizes) {
            all += size;
        }
        ByteBuffer buffer = ByteBuffer.allocate(all);
        int at = 0;
        for (int size : sizes) {
            buffer.putInt(at + 8, size - 12);
            at += size;
        }
        return buffer;
    }
}
