// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC32C of parts of a buffer; positions are absolute, the buffer's own position is left alone.
public final class Checksum {
    /// The reflected polynomial.
    private static final int POLYNOMIAL = 0x82f63b78;
    /// x to the power of 2 to the power of n, modulo the polynomial; a buffer has fewer than 2³⁴ bits.
    private static final int[] POWERS = powers(35);

    private Checksum() {}

    private static int[] powers(int count) {
        int[] powers = new int[count];
        powers[0] = 1 << 30;
        for (int n = 1; n < count; n++) {
            powers[n] = product(powers[n - 1], powers[n - 1]);
        }
        return powers;
    }

    /// Of two polynomials, modulo that of the checksum.
    private static int product(int left, int right) {
        int product = 0;
        int factor = right;
        for (int rest = left; rest != 0; rest <<= 1) {
            if (rest < 0) {
                product ^= factor;
            }
            factor = (factor & 1) == 0 ? factor >>> 1 : (factor >>> 1) ^ POLYNOMIAL;
        }
        return product;
    }

    /// The checksum of two stretches, one behind the other, without looking at them again.
    ///
    /// @param secondLength of the second stretch, in bytes
    public static int combined(int first, int second, int secondLength) {
        int shifted = first;
        int power = 3; // bits of a byte
        for (int left = secondLength; left != 0; left >>>= 1, power++) {
            if ((left & 1) != 0) {
                shifted = product(POWERS[power], shifted);
            }
        }
        return shifted ^ second;
    }

    public static int of(ByteBuffer bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        return (int) crc.getValue();
    }

    /// @throws CorruptObject if the part does not have this checksum
    public static void check(ByteBuffer bytes, int from, int length, int expected, String object, String part) {
        int actual = of(bytes, from, length);
        if (actual != expected) {
            throw new CorruptObject(
                    object,
                    "CRC32C of the %s is %08x, not %08x: the object is damaged".formatted(part, actual, expected));
        }
    }
}
