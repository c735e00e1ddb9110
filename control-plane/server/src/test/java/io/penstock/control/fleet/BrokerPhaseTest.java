// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokerPhaseTest {

    @Test
    void lostAndRetiredAreFinal() {
        assertThat(BrokerPhase.LOST.isFinal()).isTrue();
        assertThat(BrokerPhase.RETIRED.isFinal()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = BrokerPhase.class,
            names = {"STARTING", "SERVING", "DRAINING", "SUSPECTED"})
    void everyLivingBrokerMayTurnOutToBeGone(BrokerPhase phase) {
        assertThat(phase.next()).contains(BrokerPhase.LOST);
    }

    @Test
    void aSuspectedBrokerMayWakeAndServeAgain() {
        assertThat(BrokerPhase.SUSPECTED.next()).contains(BrokerPhase.SERVING, BrokerPhase.RETIRED);
    }

    @Test
    void aDrainingBrokerNeverServesAgain() {
        assertThat(BrokerPhase.DRAINING.next()).doesNotContain(BrokerPhase.SERVING, BrokerPhase.STARTING);
    }

    @Test
    void aServingBrokerRetiresOnlyThroughADrain() {
        assertThat(BrokerPhase.SERVING.next()).doesNotContain(BrokerPhase.RETIRED);
    }

    @ParameterizedTest
    @EnumSource(BrokerPhase.class)
    void whoIsGivenUpTakesNoShardsAndDoesNotCount(BrokerPhase phase) {
        if (phase.isGivenUp()) {
            assertThat(phase.takesShards()).isFalse();
            assertThat(phase.countsTowardsSize()).isFalse();
        }
    }
}
