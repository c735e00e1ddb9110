// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdGeneratorTest {
    private static IdGenerator at(long millis) {
        return new IdGenerator(Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC), new Random(1));
    }

    @Test
    void anIdIsItsPrefixAndAUlidWhoseFirstTenCharactersAreTheTime() {
        // The example of the ULID specification.
        assertThat(at(1469918176385L).next(IdPrefix.TENANT)).matches("tn_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}");
    }

    @Test
    void idsGrowAlsoWithinAMillisecond() {
        var ids = at(1_000);

        var many = Stream.generate(() -> ids.next(IdPrefix.CLUSTER)).limit(1000).toList();

        assertThat(many).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aClockThatStepsBackDoesNotMakeIdsShrink() {
        var now = new long[] {5_000};
        var ids = new IdGenerator(
                new Clock() {
                    @Override
                    public ZoneOffset getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return Instant.ofEpochMilli(now[0]);
                    }
                },
                new Random(2));
        var before = ids.next(IdPrefix.BUCKET);

        now[0] = 4_000;

        assertThat(ids.next(IdPrefix.BUCKET)).isGreaterThan(before);
    }
}
