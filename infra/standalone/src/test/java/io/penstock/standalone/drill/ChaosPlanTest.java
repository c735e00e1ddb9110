// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.standalone.drill.ChaosPlan.Blow;
import io.penstock.standalone.drill.ChaosPlan.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

    @Test
    void aSeedTellsTheWholePlan() {
        assertThat(ChaosPlan.of(7, HOUR, ALL)).isEqualTo(ChaosPlan.of(7, HOUR, ALL));
        assertThat(ChaosPlan.of(7, HOUR, ALL).blows())
                .isNotEqualTo(ChaosPlan.of(8, HOUR, ALL).blows());
    }

    @Test
    void everythingPossibleHappensInAnHourAndNothingElse() {
        Set<Kind> possible = EnumSet.of(Kind.KILL_BROKER, Kind.FREEZE_BROKER, Kind.CONTROL_PLANE_AWAY);

        assertThat(ChaosPlan.of(7, HOUR, ALL).blows()).extracting(Blow::kind).containsAll(ALL);
        assertThat(ChaosPlan.of(7, HOUR, possible).blows())
                .extracting(Blow::kind)
                .containsAll(possible)
                .isSubsetOf(possible);
    }

    @Property(tries = 50)
    void blowsEndInTimeAndWhatIsAwayDoesNotGoAwayAgain(@ForAll long seed) {
        List<Blow> blows = ChaosPlan.of(seed, HOUR, ALL).blows();

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
