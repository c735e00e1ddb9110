// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.lease.LeaseWatch.Look;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseWatchTest {
    private static final long MILLI = 1_000_000;

    private final LeaseWatch watch =
            new LeaseWatch(Duration.ofMillis(3000), Duration.ofMillis(700), Duration.ofMillis(30_000));

    private static Look held(long beats) {
        return new Look(7, Optional.of("a"), true, Map.of("a", beats));
    }

    private static Look cutOff(long beats) {
        return new Look(7, Optional.of("a"), false, Map.of("a", beats));
    }

    @Test
    void whatNobodyHoldsIsTakenAtOnce() {
        assertThat(watch.mayTake(new Look(0, Optional.empty(), false, Map.of()), 0))
                .isTrue();
    }

    @Test
    void whoBeatsKeepsTheLeaseForever() {
        for (long beat = 0; beat < 100; beat++) {
            assertThat(watch.mayTake(held(beat), beat * 1000 * MILLI)).isFalse();
        }
    }

    @Test
    void whoStandsStillLosesItAfterTheLifetimeThatIsSeenFromHere() {
        assertThat(watch.mayTake(held(4), 0)).isFalse();
        assertThat(watch.mayTake(held(4), 2999 * MILLI)).isFalse();
        assertThat(watch.mayTake(held(4), 3000 * MILLI)).isTrue();
    }

    @Test
    void aDeadProcessHasNoConnectionAndLosesItSooner() {
        assertThat(watch.mayTake(held(4), 0)).isFalse();
        assertThat(watch.mayTake(cutOff(4), 300 * MILLI)).isFalse();
        assertThat(watch.mayTake(cutOff(4), 999 * MILLI)).isFalse();
        assertThat(watch.mayTake(cutOff(4), 1000 * MILLI)).isTrue();
    }

    @Test
    void whoBeatsWithoutAConnectionBetweenTwoLooksLives() {
        for (long beat = 0; beat < 20; beat++) {
            assertThat(watch.mayTake(cutOff(beat), beat * 500 * MILLI)).isFalse();
        }
    }

    @Test
    void aNewHolderHasAllItsTimeBeforeIt() {
        assertThat(watch.mayTake(new Look(7, Optional.of("a"), true, Map.of("a", 1L, "b", 1L)), 0))
                .isFalse();
        Look taken = new Look(8, Optional.of("b"), true, Map.of("a", 1L, "b", 1L));
        assertThat(watch.mayTake(taken, 2999 * MILLI)).isFalse();
        assertThat(watch.mayTake(taken, 5998 * MILLI)).isFalse();
        assertThat(watch.mayTake(taken, 5999 * MILLI)).isTrue();
    }

    @Test
    void aHolderWithoutARowIsDead() {
        assertThat(watch.mayTake(new Look(7, Optional.of("a"), false, Map.of()), 0))
                .isTrue();
    }

    @Test
    void replicasThatStandStillForLongAreForgotten() {
        watch.mayTake(new Look(7, Optional.of("a"), true, Map.of("a", 1L, "b", 1L)), 0);
        watch.mayTake(new Look(7, Optional.of("a"), true, Map.of("a", 2L, "b", 1L)), 29_999 * MILLI);
        assertThat(watch.toForget(29_999 * MILLI)).isEmpty();
        assertThat(watch.toForget(30_000 * MILLI)).containsExactly("b");
    }
}
