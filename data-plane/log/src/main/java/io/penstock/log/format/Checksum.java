// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC32C of parts of a buffer; positions are absolute, the buffer's own position is left alone.
public final class Checksum {
    private Checksum() {}

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
