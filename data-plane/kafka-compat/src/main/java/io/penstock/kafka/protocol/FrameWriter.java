// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.ByteUtils;

/// Collects a message as a list of buffers: everything small in one buffer of known size, cut where buffers
/// that are not copied stand between.
final class FrameWriter implements Writable {
    private final ByteBuffer small;
    private final List<ByteBuffer> done = new ArrayList<>();
    private int cutAt;

    FrameWriter(int bytesWithoutShared) {
        small = ByteBuffer.allocate(bytesWithoutShared);
    }

    /// Everything written, ready to be read.
    List<ByteBuffer> buffers() {
        cut();
        if (small.hasRemaining()) {
            throw new IllegalStateException(small.remaining() + " bytes fewer were written than the message's size");
        }
        return done;
    }

    private void cut() {
        if (small.position() > cutAt) {
            done.add(small.duplicate().flip().position(cutAt).slice());
            cutAt = small.position();
        }
    }

    private void share(ByteBuffer buffer) {
        if (buffer.hasRemaining()) {
            cut();
            done.add(buffer.duplicate());
        }
    }

    @Override
    public void writeRecords(BaseRecords records) {
        switch (records) {
            case FetchedRecords fetched -> fetched.batches().forEach(this::share);
            case MemoryRecords memory -> share(memory.buffer());
            default -> throw new UnsupportedOperationException("records of " + records.getClass());
        }
    }

    /// Fields that the protocol marks as zero-copy come this way; their size is not part of `small`.
    @Override
    public void writeByteBuffer(ByteBuffer buffer) {
        share(buffer);
    }

    @Override
    public void writeByte(byte value) {
        small.put(value);
    }

    @Override
    public void writeShort(short value) {
        small.putShort(value);
    }

    @Override
    public void writeInt(int value) {
        small.putInt(value);
    }

    @Override
    public void writeLong(long value) {
        small.putLong(value);
    }

    @Override
    public void writeDouble(double value) {
        ByteUtils.writeDouble(value, small);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        small.put(bytes);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        ByteUtils.writeUnsignedVarint(value, small);
    }

    @Override
    public void writeVarint(int value) {
        ByteUtils.writeVarint(value, small);
    }

    @Override
    public void writeVarlong(long value) {
        ByteUtils.writeVarlong(value, small);
    }
}
