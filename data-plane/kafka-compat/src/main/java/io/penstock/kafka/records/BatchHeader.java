// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// The header of one record batch of format v2, read from the buffer it lies in.
///
/// A value: the buffer may be reused once it is made. The CRC is not checked here, and covers neither the
/// base offset nor the leader epoch: these two are patched in place when a batch gets its place in a log.
///
/// @param position of the batch's first byte in the buffer it was read from
/// @param sizeInBytes of the whole batch
/// @param lastOffsetDelta last offset minus base offset; more than the number of records − 1 only after
/// cleaning
public record BatchHeader(
        int position,
        int sizeInBytes,
        long baseOffset,
        int leaderEpoch,
        short attributes,
        int lastOffsetDelta,
        long baseTimestamp,
        long maxTimestamp,
        long producerId,
        short producerEpoch,
        int baseSequence,
        int recordCount) {

    public static final long NO_PRODUCER_ID = -1;
    public static final int NO_SEQUENCE = -1;

    /// Bytes before the first record.
    public static final int SIZE = 61;

    /// Bytes before those that the length field counts: base offset and the length itself.
    public static final int LENGTH_OVERHEAD = 12;

    private static final int LENGTH_AT = 8;
    private static final int LEADER_EPOCH_AT = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    /// Bytes of a batch before those that its CRC covers.
    public static final int CHECKED_FROM = ATTRIBUTES_AT;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int PRODUCER_ID_AT = 43;
    private static final int PRODUCER_EPOCH_AT = 51;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int RECORD_COUNT_AT = 57;
    private static final byte MAGIC = 2;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;

    /// Reads the header of the batch that begins at an absolute position of the buffer and lies whole below
    /// its limit.
    ///
    /// @throws InvalidBatch if no whole, well-formed v2 batch lies there
    public static BatchHeader at(ByteBuffer buffer, int position) {
        int available = buffer.limit() - position;
        if (available < SIZE) {
            throw new InvalidBatch("a record batch needs " + SIZE + " bytes at least, " + available + " are left");
        }
        int size = sizeAt(buffer, position);
        if (size < SIZE || size > available) {
            throw new InvalidBatch("a record batch of " + size + " bytes does not fit in the " + available + " left");
        }
        byte magic = buffer.get(position + MAGIC_AT);
        if (magic != MAGIC) {
            throw new InvalidBatch("record batch format " + magic + " is not supported, only " + MAGIC);
        }
        var header = new BatchHeader(
                position,
                size,
                buffer.getLong(position),
                buffer.getInt(position + LEADER_EPOCH_AT),
                buffer.getShort(position + ATTRIBUTES_AT),
                buffer.getInt(position + LAST_OFFSET_DELTA_AT),
                buffer.getLong(position + BASE_TIMESTAMP_AT),
                buffer.getLong(position + MAX_TIMESTAMP_AT),
                buffer.getLong(position + PRODUCER_ID_AT),
                buffer.getShort(position + PRODUCER_EPOCH_AT),
                buffer.getInt(position + BASE_SEQUENCE_AT),
                buffer.getInt(position + RECORD_COUNT_AT));
        if (header.lastOffsetDelta < 0 || header.recordCount < 0) {
            throw new InvalidBatch("a record batch with last offset delta " + header.lastOffsetDelta + " and "
                    + header.recordCount + " records");
        }
        return header;
    }

    /// The headers of all batches between the buffer's position and its limit; the buffer is left as it was.
    ///
    /// @throws InvalidBatch if anything but whole v2 batches lies there
    public static List<BatchHeader> all(ByteBuffer batches) {
        List<BatchHeader> headers = new ArrayList<>(1);
        int position = batches.position();
        while (position < batches.limit()) {
            BatchHeader header = at(batches, position);
            headers.add(header);
            position += header.sizeInBytes;
        }
        return headers;
    }

    /// What the length field says the whole batch takes, without looking further: 12 bytes are enough.
    public static int sizeAt(ByteBuffer buffer, int position) {
        return Math.addExact(LENGTH_OVERHEAD, buffer.getInt(position + LENGTH_AT));
    }

    /// Whether a batch of this offset and size begins there, as far as its first bytes tell.
    public static boolean begins(ByteBuffer buffer, int position, long baseOffset, int size) {
        return buffer.getLong(position) == baseOffset && buffer.getInt(position + LENGTH_AT) == size - LENGTH_OVERHEAD;
    }

    /// What the batch says is the CRC32C of its bytes from [#CHECKED_FROM] on.
    public int crcIn(ByteBuffer buffer) {
        return buffer.getInt(position + CRC_AT);
    }

    /// Whether the batch's own CRC is right: for bytes that come from where they may have been damaged.
    public boolean isIntact(ByteBuffer buffer) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(position + CHECKED_FROM, sizeInBytes - CHECKED_FROM));
        return crcIn(buffer) == (int) crc.getValue();
    }

    /// Gives the batch at `position` its place in a log, in place. Its CRC stays valid.
    public static void patch(ByteBuffer buffer, int position, long baseOffset, int leaderEpoch) {
        buffer.putLong(position, baseOffset);
        buffer.putInt(position + LEADER_EPOCH_AT, leaderEpoch);
    }

    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    public boolean hasProducerId() {
        return producerId > NO_PRODUCER_ID;
    }

    /// Sequence of the last record; it wraps around from 2³¹ − 1 to 0.
    public int lastSequence() {
        if (baseSequence == NO_SEQUENCE) {
            return NO_SEQUENCE;
        }
        int beforeWrap = Integer.MAX_VALUE - lastOffsetDelta;
        return baseSequence > beforeWrap
                ? lastOffsetDelta - (Integer.MAX_VALUE - baseSequence) - 1
                : baseSequence + lastOffsetDelta;
    }

    public boolean transactional() {
        return (attributes & TRANSACTIONAL) != 0;
    }

    public boolean control() {
        return (attributes & CONTROL) != 0;
    }

    /// The batch itself: a view of the buffer it was read from.
    public ByteBuffer bytesIn(ByteBuffer buffer) {
        return buffer.slice(position, sizeInBytes);
    }
}
