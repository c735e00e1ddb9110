// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChecksumTest {
    @Property
    void checksumsOfTwoStretchesMakeThatOfBoth(
            @ForAll long seed, @ForAll @IntRange(max = 300) int first, @ForAll @IntRange(max = 100_000) int second) {
        byte[] bytes = new byte[first + second];
        new Random(seed).nextBytes(bytes);
        ByteBuffer all = ByteBuffer.wrap(bytes);

        assertThat(Checksum.combined(Checksum.of(all, 0, first), Checksum.of(all, first, second), second))
                .isEqualTo(Checksum.of(all, 0, first + second));
    }
}
