// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// Reads fields that [FieldWriter] wrote. Whatever does not fit is [CorruptObject].
public final class FieldReader {
    private final ByteBuffer bytes;
    private final String object;

    /// @param bytes read from position to limit; its own position is left alone
    /// @param object what is read: a slot or a key
    public FieldReader(ByteBuffer bytes, String object) {
        this.bytes = bytes.slice();
        this.object = object;
    }

    public String object() {
        return object;
    }

    public int remaining() {
        return bytes.remaining();
    }

    public int position() {
        return bytes.position();
    }

    public int u8() {
        return need(1).get() & 0xff;
    }

    public boolean bool() {
        int value = u8();
        if (value > 1) {
            throw corrupt("a flag is 0 or 1, not " + value);
        }
        return value == 1;
    }

    public short i16() {
        return need(2).getShort();
    }

    public int i32() {
        return need(4).getInt();
    }

    /// An i32 that counts something of which each takes at least `minimumSize` bytes of what remains.
    public int count(int minimumSize) {
        int value = i32();
        if (value < 0 || (long) value * minimumSize > bytes.remaining()) {
            throw corrupt("a count of " + value + " does not fit into " + bytes.remaining() + " bytes");
        }
        return value;
    }

    public long i64() {
        return need(8).getLong();
    }

    /// What [FieldWriter#varint] wrote.
    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt("a number of more than 63 bits");
    }

    /// A [#varint] that fits into an int.
    public int varint31() {
        return int31(varint());
    }

    /// The value, unless it is negative or takes more than 31 bits.
    public int int31(long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw corrupt("not a number of 31 bits: " + value);
        }
        return (int) value;
    }

    /// A [#varint] that counts something of which each takes at least `minimumSize` bytes of what remains.
    public int varcount(int minimumSize) {
        long value = varint();
        if (value > bytes.remaining() / minimumSize) {
            throw corrupt("a count of " + value + " does not fit into " + bytes.remaining() + " bytes");
        }
        return (int) value;
    }

    /// What [FieldWriter#signedVarint] wrote.
    public long signedVarint() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    public Uuid uuid() {
        return new Uuid(i64(), i64());
    }

    public Incarnation incarnation() {
        return new Incarnation(i64(), i64());
    }

    public WalSlot slot() {
        Incarnation incarnation = incarnation();
        int generation = i32();
        long slot = i64();
        return sane(() -> new WalSlot(incarnation, generation, slot));
    }

    public ShardId shard() {
        int number = i32();
        return sane(() -> new ShardId(number));
    }

    public LeaderEpoch epoch() {
        int number = i32();
        return sane(() -> new LeaderEpoch(number));
    }

    public TopicPartitionId topicPartition() {
        Uuid topicId = uuid();
        int partition = i32();
        return sane(() -> new TopicPartitionId(topicId, partition));
    }

    public String text() {
        byte[] text = new byte[count(1)];
        bytes.get(text);
        return new String(text, UTF_8);
    }

    /// The next bytes, shared, read-only.
    public ByteBuffer bytes(int length) {
        if (length < 0) {
            throw corrupt("a length of " + length);
        }
        ByteBuffer part = need(length).slice(bytes.position(), length).asReadOnlyBuffer();
        bytes.position(bytes.position() + length);
        return part;
    }

    /// What a constructor refuses is damage here.
    public <T> T sane(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw corrupt(String.valueOf(e.getMessage()));
        }
    }

    /// @throws CorruptObject if anything is left
    public void end() {
        if (bytes.hasRemaining()) {
            throw corrupt(bytes.remaining() + " bytes too many");
        }
    }

    public CorruptObject corrupt(String detail) {
        return new CorruptObject(object, detail);
    }

    private ByteBuffer need(int length) {
        if (bytes.remaining() < length) {
            throw corrupt("ends " + (length - bytes.remaining()) + " bytes too early");
        }
        return bytes;
    }
}
