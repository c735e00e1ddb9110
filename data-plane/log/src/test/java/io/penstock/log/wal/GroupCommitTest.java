// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.LatencyProfile;
import io.penstock.log.wal.GroupCommit.Decision;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final long START = Duration.ofDays(-3).toNanos(); // the origin of a monotonic clock means nothing

    private static long at(long millis) {
        return START + Duration.ofMillis(millis).toNanos();
    }

    private static Decision plain(GroupCommit commit, long millis) {
        return commit.decide(at(millis), true, false, false);
    }

    @Test
    void fastCutsAtOnceWhileItKnowsNothingOfTheStore() {
        GroupCommit commit = new GroupCommit(LatencyProfile.FAST);

        assertThat(plain(commit, 0)).isEqualTo(new Decision.Now());
        commit.cut(at(0));
        assertThat(plain(commit, 0)).isEqualTo(new Decision.Now());
        assertThat(commit.decide(at(0), false, true, true)).isEqualTo(new Decision.WhenRoom());
    }

    @Test
    void fastWaitsHalfOfWhatAPutTakesAndNeverLong() {
        GroupCommit commit = new GroupCommit(LatencyProfile.FAST);
        for (int i = 0; i < 100; i++) {
            commit.stored(Duration.ofMillis(4).toNanos());
        }
        commit.cut(at(0));
        assertThat(plain(commit, 1)).isInstanceOf(Decision.At.class);
        assertThat(plain(commit, 2)).isEqualTo(new Decision.Now());

        for (int i = 0; i < 100; i++) {
            commit.stored(Duration.ofMillis(60).toNanos());
        }
        commit.cut(at(10));
        assertThat(plain(commit, 11)).isEqualTo(new Decision.At(at(14)));
    }

    @Test
    void balancedKeepsFiftyMillisecondsBetweenCuts() {
        GroupCommit commit = new GroupCommit(LatencyProfile.BALANCED);

        assertThat(plain(commit, 0)).isEqualTo(new Decision.Now());
        commit.cut(at(0));
        assertThat(plain(commit, 1)).isEqualTo(new Decision.At(at(50)));
        assertThat(plain(commit, 49)).isEqualTo(new Decision.At(at(50)));
        assertThat(plain(commit, 50)).isEqualTo(new Decision.Now());
        commit.cut(at(60));
        assertThat(plain(commit, 61)).isEqualTo(new Decision.At(at(110)));
    }

    @Test
    void aFirstBatchAfterAPauseGoesAtOnce() {
        GroupCommit commit = new GroupCommit(LatencyProfile.BALANCED);
        commit.cut(at(0));

        assertThat(plain(commit, 5000)).isEqualTo(new Decision.Now());
    }

    @Test
    void fullAndUrgentSlotsDoNotLinger() {
        GroupCommit commit = new GroupCommit(LatencyProfile.ECONOMY);
        commit.cut(at(0));

        assertThat(commit.decide(at(1), true, true, false)).isEqualTo(new Decision.Now());
        assertThat(commit.decide(at(1), true, false, true)).isEqualTo(new Decision.Now());
        assertThat(commit.decide(at(1), false, true, true)).isEqualTo(new Decision.WhenRoom());
    }

    @Test
    void economyWaitsLongerWhileTrafficIsSteady() {
        GroupCommit commit = new GroupCommit(LatencyProfile.ECONOMY);

        commit.cut(at(0));
        assertThat(plain(commit, 1)).isEqualTo(new Decision.At(at(250)));
        commit.cut(at(250));
        assertThat(plain(commit, 251)).isEqualTo(new Decision.At(at(750)));
        commit.cut(at(750));
        assertThat(plain(commit, 751)).isEqualTo(new Decision.At(at(1750)));
        commit.cut(at(1750));
        assertThat(plain(commit, 1751)).isEqualTo(new Decision.At(at(2750)));
        commit.cut(at(5000));
        assertThat(plain(commit, 5001)).isEqualTo(new Decision.At(at(5250)));
    }

    @Property(seed = "8123")
    void nothingWaitsLongerThanASecond(
            @ForAll LatencyProfile profile, @ForAll List<@LongRange(max = 100_000) Long> gaps) {
        GroupCommit commit = new GroupCommit(profile);
        long now = 0;
        for (long gap : gaps) {
            now += gap;
            switch (plain(commit, now)) {
                case Decision.Now() -> commit.cut(at(now));
                case Decision.At(long due) -> {
                    assertThat(due).isBetween(at(now) + 1, at(now + 1000));
                    assertThat(commit.decide(due, true, false, false)).isEqualTo(new Decision.Now());
                }
                case Decision.WhenRoom() -> throw new AssertionError("there is room");
            }
        }
    }
}
