// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TailCacheTest {
    private static final int MOST = 1000;

    @Property
    void theNewestSlotsStayAsFarAsTheyFitAndTheOldestLeaveFirst(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 1500) Integer> sizes) {
        TailCache cache = new TailCache(MOST);
        List<TailSlot> slots = new ArrayList<>();
        for (int slot = 0; slot < sizes.size(); slot++) {
            slots.add(cache.add(
                    new WalSlot(new Incarnation(1, 1), 0, slot),
                    ByteBuffer.allocate(sizes.get(slot)).put(0, (byte) slot)));

            int inMemory = 0;
            for (int newest = slot; newest >= 0 && slots.get(newest).inMemory(); newest--) {
                inMemory++;
            }
            int fit = 1;
            int bytes = sizes.get(slot);
            while (fit <= slot && bytes + sizes.get(slot - fit) <= MOST) {
                bytes += sizes.get(slot - fit);
                fit++;
            }

            assertThat(slots.getLast().bytes(0, 1)).isEqualTo(ByteBuffer.wrap(new byte[] {(byte) slot}));
            assertThat(slots.stream().filter(TailSlot::inMemory)).hasSize(inMemory);
            // A slot that is too large for the cache drives out all before it, which then do not come back.
            assertThat(inMemory).isLessThanOrEqualTo(fit).isPositive();
        }
    }
}
