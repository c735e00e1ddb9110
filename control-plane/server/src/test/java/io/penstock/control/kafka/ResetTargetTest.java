// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResetTargetTest {
    private static final ResetTarget.Bounds BOUNDS =
            new ResetTarget.Bounds(Optional.of(50L), 10, 100, Optional.of(30L), Optional.of(70L));

    @Test
    void eachTargetMeansOneOffset() {
        assertThat(new ResetTarget.Earliest().in(BOUNDS)).contains(10L);
        assertThat(new ResetTarget.Latest().in(BOUNDS)).contains(100L);
        assertThat(new ResetTarget.Offset(42).in(BOUNDS)).contains(42L);
        assertThat(new ResetTarget.Time(Instant.EPOCH).in(BOUNDS)).contains(30L);
        assertThat(new ResetTarget.Shift(-5).in(BOUNDS)).contains(45L);
        assertThat(new ResetTarget.Group("other").in(BOUNDS)).contains(70L);
    }

    @Test
    void noTargetLiesOutsideOfWhatCanBeRead() {
        assertThat(new ResetTarget.Offset(0).in(BOUNDS)).contains(10L);
        assertThat(new ResetTarget.Offset(Long.MAX_VALUE).in(BOUNDS)).contains(100L);
        assertThat(new ResetTarget.Shift(Long.MAX_VALUE).in(BOUNDS)).contains(100L);
        assertThat(new ResetTarget.Shift(-1_000).in(BOUNDS)).contains(10L);
    }

    @Test
    void whatIsNotKnownIsLeftAlone() {
        var nothing = new ResetTarget.Bounds(Optional.empty(), 10, 100, Optional.empty(), Optional.empty());

        assertThat(new ResetTarget.Shift(1).in(nothing)).isEmpty();
        assertThat(new ResetTarget.Group("other").in(nothing)).isEmpty();
        assertThat(new ResetTarget.Time(Instant.MAX).in(nothing))
                .as("all records are older")
                .contains(100L);
    }

    @Test
    void everyGroupIdCanStandInAPath() {
        for (var id : new String[] {"orders", "a/b", "b64.x", "ü %", "..", "a:b"}) {
            var segment = GroupIds.inPath(id);
            assertThat(segment).matches("[A-Za-z0-9._~-]+");
            assertThat(GroupIds.ofPath(segment)).isEqualTo(id);
        }
    }
}
