// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// One tenure of a broker process in one cluster: 128 random bits, never reused. Written as 32 lower-case hex digits.
public record Incarnation(long high, long low) implements Comparable<Incarnation> {

    public static Incarnation random(RandomGenerator random) {
        return new Incarnation(random.nextLong(), random.nextLong());
    }

    /// @throws IllegalArgumentException if the text is not 32 hex digits
    public static Incarnation parse(String text) {
        if (text.length() != 32) {
            throw new IllegalArgumentException("not an incarnation: '" + text + "'");
        }
        return new Incarnation(HexFormat.fromHexDigitsToLong(text, 0, 16), HexFormat.fromHexDigitsToLong(text, 16, 32));
    }

    @Override
    public int compareTo(Incarnation other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
