// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// A record's value: who it is, filled up to its size, with a checksum over all of it.
final class Payload {
    /// run (8), partition (4), record (4), checksum (4)
    private static final int HEADER = 20;

    private Payload() {}

    static byte[] of(long run, int partition, int record, int size) {
        byte[] bytes = new byte[Math.max(size, HEADER)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        SplittableRandom filler = new SplittableRandom(run ^ ((long) partition << 32 | record));
        for (int at = HEADER; at + 8 <= bytes.length; at += 8) {
            buffer.putLong(at, filler.nextLong());
        }
        buffer.putLong(0, run).putInt(8, partition).putInt(12, record);
        buffer.putInt(16, checksum(bytes));
        return bytes;
    }

    /// The record's number, if the bytes are whole and of this run and partition.
    static OptionalInt record(byte[] bytes, long run, int partition) {
        if (bytes.length < HEADER) {
            return OptionalInt.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int said = buffer.getInt(16);
        boolean whole = buffer.getLong(0) == run && buffer.getInt(8) == partition && said == checksum(bytes);
        return whole ? OptionalInt.of(buffer.getInt(12)) : OptionalInt.empty();
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 16);
        crc.update(bytes, HEADER, bytes.length - HEADER);
        return (int) crc.getValue();
    }
}
