// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.Samples;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnTailTest {
    private static final ShardId ONE = new ShardId(1);
    private static final ShardId TWO = new ShardId(2);
    private final OwnTail tail = new OwnTail();

    private static WalSlot slot(int generation, long slot) {
        return new WalSlot(Samples.INCARNATION, generation, slot);
    }

    @Test
    void theTailBeginsAtTheFirstSlotThatSomeShardHasNotFolded() {
        tail.durable(slot(0, 0), 100, Set.of(ONE), Set.of(ONE));
        tail.durable(slot(0, 1), 50, Set.of(ONE, TWO), Set.of(ONE, TWO));
        tail.durable(slot(0, 2), 10, Set.of(ONE), Set.of(ONE));

        tail.folded(ONE, 0, 3);

        assertThat(tail.slots()).isEqualTo(2);
        assertThat(tail.bytes()).isEqualTo(60);
        assertThat(tail.unfolded()).containsExactly(TWO);
        tail.folded(TWO, 0, 2);
        assertThat(tail.slots()).isZero();
        assertThat(tail.bytes()).isZero();
    }

    @Test
    void aShardThatWentElsewhereIsNotOursToFoldButHasWritten() {
        tail.durable(slot(0, 0), 100, Set.of(ONE, TWO), Set.of(ONE, TWO));
        tail.durable(slot(0, 1), 100, Set.of(ONE), Set.of());

        tail.left(TWO);
        tail.folded(ONE, 0, 1);

        assertThat(tail.slots()).isZero();
        assertThat(tail.writers(0)).isEqualTo(Map.of(ONE, 1L, TWO, 0L));
    }

    @Test
    void generationsAreKeptApart() {
        tail.durable(slot(0, 0), 100, Set.of(ONE), Set.of(ONE));
        tail.durable(slot(1, 0), 100, Set.of(TWO), Set.of(TWO));

        tail.folded(TWO, 1, 1);

        assertThat(tail.slots()).isEqualTo(2);
        assertThat(tail.ends()).isEqualTo(Map.of(0, 1L, 1, 1L));
        assertThat(tail.writers(1)).isEqualTo(Map.of(TWO, 0L));
        assertThat(tail.writers(2)).isEmpty();
    }
}
