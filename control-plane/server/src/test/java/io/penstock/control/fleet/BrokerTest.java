// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class BrokerTest {
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = THEN.plusSeconds(60);

    private final Broker starting = Broker.wished("brk_1", "flt_1", 4, "", "127.0.0.1", 17, "hash", THEN);

    @Test
    void aRepeatedReportChangesNothing() {
        Broker serving = starting.to(BrokerPhase.SERVING, "", THEN);

        assertThat(serving.to(BrokerPhase.SERVING, "again", NOW)).isSameAs(serving);
    }

    @Test
    void anIllegalStepSaysWhatWasWrong() {
        Broker lost = starting.to(BrokerPhase.LOST, "its process ended", THEN);

        assertThatThrownBy(() -> lost.to(BrokerPhase.SERVING, "", NOW))
                .isInstanceOf(IllegalPhaseChange.class)
                .hasMessage("broker brk_1 cannot go from LOST to SERVING");
    }

    @Test
    void aStepRemembersWhenAndWhy() {
        Broker suspected = starting.to(BrokerPhase.SUSPECTED, "SILENT", NOW);

        assertThat(suspected.phaseSince()).isEqualTo(NOW);
        assertThat(suspected.reason()).isEqualTo("SILENT");
    }

    @Test
    void theEndOfAProcessIsALossUnlessItWasAskedToLeave() {
        assertThat(starting.phaseAfterExit(false)).isEqualTo(BrokerPhase.LOST);
        assertThat(starting.to(BrokerPhase.DRAINING, "", NOW).phaseAfterExit(false))
                .isEqualTo(BrokerPhase.RETIRED);
        Broker suspected = starting.to(BrokerPhase.SUSPECTED, "", NOW);
        assertThat(suspected.phaseAfterExit(false)).isEqualTo(BrokerPhase.LOST);
        assertThat(suspected.phaseAfterExit(true)).isEqualTo(BrokerPhase.RETIRED);
    }
}
