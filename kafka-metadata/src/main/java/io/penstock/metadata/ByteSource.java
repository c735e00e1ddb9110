// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// Reads what [ByteSink] wrote; whatever does not fit is reported as damage, never as a stray runtime exception.
final class ByteSource {
    private final ByteBuffer buffer;
    private final String what;

    /// @param what names the object in errors
    ByteSource(ByteBuffer buffer, String what) {
        this.buffer = buffer.duplicate();
        this.what = what;
    }

    int u8() throws MetadataFormatException {
        return Byte.toUnsignedInt(need(1).get());
    }

    int u16() throws MetadataFormatException {
        return Short.toUnsignedInt(need(2).getShort());
    }

    int i32() throws MetadataFormatException {
        return need(4).getInt();
    }

    long i64() throws MetadataFormatException {
        return need(8).getLong();
    }

    boolean bool() throws MetadataFormatException {
        int value = u8();
        if (value > 1) {
            throw damaged("neither true nor false: " + value);
        }
        return value == 1;
    }

    String text() throws MetadataFormatException {
        return StandardCharsets.UTF_8.decode(bytes(i32())).toString();
    }

    Optional<String> optionalText() throws MetadataFormatException {
        return bool() ? Optional.of(text()) : Optional.empty();
    }

    UUID uuid() throws MetadataFormatException {
        long high = i64();
        return new UUID(high, i64());
    }

    Uuid topicId() throws MetadataFormatException {
        long high = i64();
        return new Uuid(high, i64());
    }

    Incarnation incarnation() throws MetadataFormatException {
        long high = i64();
        return new Incarnation(high, i64());
    }

    ByteBuffer bytes(int length) throws MetadataFormatException {
        if (length < 0) {
            throw damaged("a negative length");
        }
        ByteBuffer slice = need(length).slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return slice;
    }

    /// Everything that is left.
    ByteBuffer rest() throws MetadataFormatException {
        return bytes(buffer.remaining());
    }

    ByteSource block() throws MetadataFormatException {
        return new ByteSource(bytes(i32()), what);
    }

    /// A count of things that take at least `bytesEach`: a damaged count must not make us allocate the world.
    int count(int bytesEach) throws MetadataFormatException {
        int count = i32();
        if (count < 0 || (long) count * bytesEach > buffer.remaining()) {
            throw damaged("an impossible count of " + count);
        }
        return count;
    }

    int position() {
        return buffer.position();
    }

    void end() throws MetadataFormatException {
        if (buffer.hasRemaining()) {
            throw damaged(buffer.remaining() + " bytes too many");
        }
    }

    MetadataFormatException damaged(String detail) {
        return MetadataFormatException.damaged(what + ": " + detail);
    }

    MetadataFormatException newer(String detail) {
        return MetadataFormatException.newer(what + ": " + detail);
    }

    private ByteBuffer need(int bytes) throws MetadataFormatException {
        if (buffer.remaining() < bytes) {
            throw damaged("ends too early");
        }
        return buffer;
    }
}
