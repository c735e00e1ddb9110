// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.FleetAutoscaling;
import org.junit.jupiter.api.Test;

class ScalingRuleTest {
    private static final FleetAutoscaling RULE = new FleetAutoscaling(2, 6, 100);

    private final ScalingRule rule = new ScalingRule();
    private int desired = 3;

    /// The load stays for so long; looks every five seconds.
    private int after(double load, int seconds) {
        for (int second = 0; second <= seconds; second += 5) {
            clock += 5_000_000_000L;
            desired = rule.wanted("f", RULE, desired, load, clock);
        }
        return desired;
    }

    private long clock;

    @Test
    void whatFitsChangesNothing() {
        assertThat(after(290, 3600)).isEqualTo(3);
        assertThat(after(215, 3600)).as("two would be full").isEqualTo(3);
    }

    @Test
    void moreIsAnsweredAfterHalfAMinuteWithAllThatIsNeeded() {
        assertThat(after(510, 25)).isEqualTo(3);
        assertThat(after(510, 5)).isEqualTo(6);
        assertThat(after(10_000, 3600)).as("never more").isEqualTo(6);
    }

    @Test
    void aPeakIsNotAnswered() {
        for (int i = 0; i < 20; i++) {
            assertThat(after(510, 20)).isEqualTo(3);
            assertThat(after(290, 5)).isEqualTo(3);
        }
    }

    @Test
    void lessIsAnsweredLateAndOneByOne() {
        desired = 6;
        assertThat(after(10, 295)).isEqualTo(6);
        assertThat(after(10, 5)).isEqualTo(5);
        assertThat(after(10, 3600)).as("never fewer").isEqualTo(2);
    }

    @Test
    void aSizeOutsideOfTheRuleIsMendedAtOnce() {
        desired = 9;
        assertThat(after(10, 0)).isEqualTo(6);
        desired = 1;
        assertThat(after(10, 0)).isEqualTo(2);
    }
}
