// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.interop.differential.Differential;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/// A fleet of Penstock and an Apache Kafka are asked the same: their answers differ only where a reason is
/// written down.
///
/// On request: `-Dpenstock.differential.seeds=N`, from `-Dpenstock.differential.first=N` on.
@ExtendWith(Sides.class)
class DifferentialIT {
    private static final String SEEDS = "penstock.differential.seeds";

    @Test
    @EnabledIfSystemProperty(named = SEEDS, matches = "\\d+")
    void answersDifferOnlyWhereAReasonIsWrittenDown(Sides.Pair pair) throws Exception {
        int first = Integer.getInteger("penstock.differential.first", 1);
        int end = first + Integer.getInteger(SEEDS, 1);
        List<Differential.Finding> findings = new ArrayList<>();
        for (int seed = first; seed < end; seed++) {
            try (Differential differential =
                    new Differential(pair.penstock().servers(), pair.apache().servers(), "d", seed)) {
                findings.addAll(differential.run());
                assertThat(differential.asked()).isNotEmpty();
            }
        }

        assertThat(findings).isEmpty();
    }
}
