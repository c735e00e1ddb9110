// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.log.wal.DurableFrontier.Advance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DurableFrontierTest {
    private final DurableFrontier frontier = new DurableFrontier();

    @Test
    void itStandsBeforeTheFirstSlot() {
        assertThat(frontier.passed()).isEqualTo(-1);
        assertThat(frontier.next()).isZero();
    }

    @Test
    void itPassesASlotOnlyWhenAllBelowArePassed() {
        assertThat(frontier.stored(1)).isEqualTo(new Advance(0, 0, false));
        assertThat(frontier.stored(2)).isEqualTo(new Advance(0, 0, false));
        assertThat(frontier.stored(0)).isEqualTo(new Advance(0, 3, false));
        assertThat(frontier.passed()).isEqualTo(2);
    }

    @Test
    void repeatedNewsChangeNothing() {
        frontier.stored(0);

        assertThat(frontier.stored(0)).isEqualTo(new Advance(1, 1, false));
        frontier.stored(2);
        frontier.stored(2);
        assertThat(frontier.stored(1)).isEqualTo(new Advance(1, 3, false));
    }

    @Test
    void itStopsAtASealForEver() {
        frontier.stored(2);
        assertThat(frontier.sealed(1)).isEqualTo(new Advance(0, 0, false));

        assertThat(frontier.stored(0)).isEqualTo(new Advance(0, 1, true));

        assertThat(frontier.ended()).isTrue();
        assertThatThrownBy(() -> frontier.stored(3)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> frontier.sealed(3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLowestSealCounts() {
        frontier.sealed(3);
        frontier.sealed(2);
        frontier.stored(0);

        assertThat(frontier.stored(1)).isEqualTo(new Advance(1, 2, true));
    }

    @Test
    void aSlotIsEitherDataOrASeal() {
        frontier.stored(0);
        frontier.stored(2);
        frontier.sealed(3);

        assertThatThrownBy(() -> frontier.sealed(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> frontier.sealed(2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> frontier.stored(3)).isInstanceOf(IllegalStateException.class);
    }

    @Property(seed = "8123")
    void whateverTheOrderItCoversExactlyTheContiguousPrefix(
            @ForAll @IntRange(min = 1, max = 40) int slots, @ForAll @IntRange(max = 40) int sealAt, @ForAll long seed) {
        DurableFrontier any = new DurableFrontier();
        List<Long> order = new ArrayList<>();
        for (long slot = 0; slot < slots; slot++) {
            order.add(slot);
        }
        Collections.shuffle(order, new Random(seed));
        Set<Long> told = new HashSet<>();
        List<Long> passed = new ArrayList<>();
        for (long slot : order) {
            Advance advance = slot == sealAt ? any.sealed(slot) : any.stored(slot);
            told.add(slot);
            for (long s = advance.from(); s < advance.to(); s++) {
                passed.add(s);
            }
            long prefix = 0;
            while (told.contains(prefix) && prefix != sealAt) {
                prefix++;
            }
            assertThat(any.next()).isEqualTo(prefix);
            assertThat(advance.atSeal()).isEqualTo(prefix == sealAt && told.contains(prefix));
            if (advance.atSeal()) {
                break;
            }
        }
        assertThat(passed).isSorted().doesNotHaveDuplicates().hasSize((int) any.next());
    }
}
