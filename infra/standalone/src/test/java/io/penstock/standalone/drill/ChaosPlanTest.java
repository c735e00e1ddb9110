// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.standalone.drill.ChaosPlan.Blow;
import io.penstock.standalone.drill.ChaosPlan.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aSeedTellsTheWholePlan() {
        assertThat(ChaosPlan.of(7, HOUR)).isEqualTo(ChaosPlan.of(7, HOUR));
        assertThat(ChaosPlan.of(7, HOUR).blows())
                .isNotEqualTo(ChaosPlan.of(8, HOUR).blows());
    }

    @Test
    void everythingHappensInAnHour() {
        assertThat(ChaosPlan.of(7, HOUR).blows()).extracting(Blow::kind).containsAll(EnumSet.allOf(Kind.class));
    }

    @Property(tries = 50)
    void blowsEndInTimeAndWhatIsAwayDoesNotGoAwayAgain(@ForAll long seed) {
        List<Blow> blows = ChaosPlan.of(seed, HOUR).blows();

        assertThat(blows).allMatch(blow -> end(blow).compareTo(HOUR) <= 0);
        for (Kind kind : EnumSet.of(Kind.CONTROL_PLANE_AWAY, Kind.STORE_SLOW, Kind.STORE_ERRORS)) {
            List<Blow> same = blows.stream().filter(blow -> blow.kind() == kind).toList();
            for (int i = 1; i < same.size(); i++) {
                assertThat(same.get(i).at()).isGreaterThanOrEqualTo(end(same.get(i - 1)));
            }
        }
    }

    private static Duration end(Blow blow) {
        return blow.at().plus(blow.lasts());
    }
}
