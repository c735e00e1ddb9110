// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// 128 random bits that tell one attempt to write an object from every other.
public record Nonce(long high, long low) {
    public static Nonce random(RandomGenerator random) {
        return new Nonce(random.nextLong(), random.nextLong());
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
