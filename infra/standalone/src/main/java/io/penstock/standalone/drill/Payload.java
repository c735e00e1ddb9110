// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// A record's value: who it is, filled up to its size, with a checksum over all of it.
///
/// @param writer 0 where there is only one
/// @param record number of the writer's record in its partition
record Payload(int writer, int record) {
    /// run (8), partition (4), record (4), checksum (4), writer (4)
    private static final int HEADER = 24;
    private static final int CHECKSUM_AT = 16;

    static byte[] of(long run, int partition, int record, int size) {
        return of(run, 0, partition, record, size);
    }

    static byte[] of(long run, int writer, int partition, int record, int size) {
        byte[] bytes = new byte[Math.max(size, HEADER)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        SplittableRandom filler = new SplittableRandom(run ^ ((long) partition << 32 | record) ^ writer);
        for (int at = HEADER; at + 8 <= bytes.length; at += 8) {
            buffer.putLong(at, filler.nextLong());
        }
        buffer.putLong(0, run).putInt(8, partition).putInt(12, record).putInt(20, writer);
        buffer.putInt(CHECKSUM_AT, checksum(bytes));
        return bytes;
    }

    /// The record's number, if the bytes are whole and of this run and partition.
    static OptionalInt record(byte[] bytes, long run, int partition) {
        return read(bytes, run, partition)
                .map(payload -> OptionalInt.of(payload.record))
                .orElseGet(OptionalInt::empty);
    }

    /// Who the record is, if the bytes are whole and of this run and partition.
    static Optional<Payload> read(byte[] bytes, long run, int partition) {
        if (bytes.length < HEADER) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int said = buffer.getInt(CHECKSUM_AT);
        boolean whole = buffer.getLong(0) == run && buffer.getInt(8) == partition && said == checksum(bytes);
        return whole ? Optional.of(new Payload(buffer.getInt(20), buffer.getInt(12))) : Optional.empty();
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKSUM_AT);
        crc.update(bytes, CHECKSUM_AT + Integer.BYTES, bytes.length - CHECKSUM_AT - Integer.BYTES);
        return (int) crc.getValue();
    }
}
