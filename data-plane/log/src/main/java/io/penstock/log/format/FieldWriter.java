// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;

/// Writes fields, big-endian, into a buffer that grows. Not safe for several threads.
public final class FieldWriter {
    private ByteBuffer buffer;

    public FieldWriter() {
        this(256);
    }

    public FieldWriter(int expectedSize) {
        buffer = ByteBuffer.allocate(Math.max(16, expectedSize));
    }

    /// Bytes written so far.
    public int size() {
        return buffer.position();
    }

    public FieldWriter u8(int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("not a byte: " + value);
        }
        room(1).put((byte) value);
        return this;
    }

    public FieldWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public FieldWriter i16(int value) {
        if (value != (short) value) {
            throw new IllegalArgumentException("not a short: " + value);
        }
        room(2).putShort((short) value);
        return this;
    }

    public FieldWriter i32(int value) {
        room(4).putInt(value);
        return this;
    }

    public FieldWriter i64(long value) {
        room(8).putLong(value);
        return this;
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow. 1 to 9 bytes.
    ///
    /// @param value at least 0
    public FieldWriter varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        ByteBuffer out = room(9);
        long left = value;
        while (left > 0x7f) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
        return this;
    }

    /// As [#varint], after folding negative values between the others (0, −1, 1, −2 …).
    ///
    /// @param value within 62 bits and a sign
    public FieldWriter signedVarint(long value) {
        return varint((value << 1) ^ (value >> 63));
    }

    public FieldWriter uuid(Uuid value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    public FieldWriter incarnation(Incarnation value) {
        return i64(value.high()).i64(value.low());
    }

    public FieldWriter slot(WalSlot value) {
        return incarnation(value.incarnation()).i32(value.generation()).i64(value.slot());
    }

    public FieldWriter topicPartition(TopicPartitionId value) {
        return uuid(value.topicId()).i32(value.partition());
    }

    /// UTF-8 behind its length in bytes (i32).
    public FieldWriter text(String value) {
        byte[] bytes = value.getBytes(UTF_8);
        i32(bytes.length);
        room(bytes.length).put(bytes);
        return this;
    }

    /// The bytes alone, without a length.
    public FieldWriter bytes(ByteBuffer value) {
        room(value.remaining()).put(value.duplicate());
        return this;
    }

    /// CRC32C (i32) of everything from `from` to here.
    public FieldWriter checksumSince(int from) {
        return i32(Checksum.of(buffer, from, buffer.position() - from));
    }

    /// CRC32C of everything from `from` to here.
    int checksum(int from) {
        return Checksum.of(buffer, from, buffer.position() - from);
    }

    /// Overwrites four bytes written before, for lengths known only afterwards.
    public void patchI32(int at, int value) {
        if (at + 4 > buffer.position()) {
            throw new IllegalArgumentException("nothing was written at " + at);
        }
        buffer.putInt(at, value);
    }

    /// Read-only view of what was written; the writer must not be used any more.
    public ByteBuffer finish() {
        return buffer.flip().slice().asReadOnlyBuffer();
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int needed = Math.addExact(buffer.position(), bytes);
            ByteBuffer larger = ByteBuffer.allocate(
                    (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * buffer.capacity())));
            buffer = larger.put(buffer.flip());
        }
        return buffer;
    }
}
