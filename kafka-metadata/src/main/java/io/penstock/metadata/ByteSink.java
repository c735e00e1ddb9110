// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// Bytes under construction, big endian. Grows as needed; not for sharing.
final class ByteSink {
    private ByteBuffer buffer = ByteBuffer.allocate(256);

    ByteSink u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    ByteSink u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    ByteSink i32(int value) {
        room(4).putInt(value);
        return this;
    }

    ByteSink i64(long value) {
        room(8).putLong(value);
        return this;
    }

    ByteSink bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    ByteSink text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return i32(bytes.length).raw(ByteBuffer.wrap(bytes));
    }

    ByteSink optionalText(Optional<String> value) {
        bool(value.isPresent());
        value.ifPresent(this::text);
        return this;
    }

    ByteSink uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    ByteSink topicId(Uuid value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    ByteSink incarnation(Incarnation value) {
        return i64(value.high()).i64(value.low());
    }

    ByteSink raw(ByteBuffer bytes) {
        room(bytes.remaining()).put(bytes.duplicate());
        return this;
    }

    /// Length first, then the bytes.
    ByteSink block(ByteSink inner) {
        ByteBuffer bytes = inner.written();
        return i32(bytes.remaining()).raw(bytes);
    }

    /// A view of what was written so far.
    ByteBuffer written() {
        return buffer.duplicate().flip();
    }

    byte[] toBytes() {
        ByteBuffer written = written();
        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);
        return bytes;
    }

    private ByteBuffer room(int more) {
        if (buffer.remaining() < more) {
            int needed = Math.addExact(buffer.position(), more);
            int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * buffer.capacity());
            ByteBuffer bigger = ByteBuffer.allocate(Math.max(needed, doubled));
            bigger.put(written());
            buffer = bigger;
        }
        return buffer;
    }
}
