// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HedgingTest {
    private final Hedging hedging = new Hedging(HedgeSettings.defaults());

    private void answered(int count, long millis) {
        for (int i = 0; i < count; i++) {
            hedging.answered(Duration.ofMillis(millis));
        }
    }

    private int twinsOf(int puts) {
        int twins = 0;
        for (int put = 0; put < puts; put++) {
            hedging.sent();
            twins += hedging.spend() ? 1 : 0;
        }
        return twins;
    }

    @Test
    void nothingIsHedgedBeforeTheStoreIsKnown() {
        answered(31, 40);

        assertThat(hedging.delay()).isEmpty();
    }

    @Test
    void theDelayIsThatOfTheSlowestTwentieth() {
        answered(120, 40);
        answered(8, 300);

        assertThat(hedging.delay()).contains(Duration.ofMillis(300));
    }

    @Test
    void theDelayFollowsAStoreThatBecomesSlowAsAWhole() {
        answered(500, 40);
        answered(128, 2000);

        assertThat(hedging.delay()).contains(Duration.ofSeconds(2));
    }

    @Test
    void aFastStoreIsNotHedgedAtOnce() {
        answered(128, 1);

        assertThat(hedging.delay()).contains(Duration.ofMillis(5));
    }

    @Test
    void twinsAreATenthOfPutsHoweverSlowTheyAre() {
        assertThat(twinsOf(1000)).isBetween(95, 100);
    }

    @Test
    void aQuietTimeSavesUpForAFewTwinsOnly() {
        for (int put = 0; put < 10_000; put++) {
            hedging.sent();
        }
        int saved = 0;
        while (hedging.spend()) {
            saved++;
        }

        assertThat(saved).isEqualTo(8);
    }

    @Test
    void hedgingMayBeOff() {
        Hedging off = new Hedging(HedgeSettings.off());
        off.sent();
        off.answered(Duration.ofMillis(1));

        assertThat(off.delay()).isEmpty();
        assertThat(off.spend()).isFalse();
    }
}
