// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A WAL object being filled: the one place a batch is copied to. Frozen once; its bytes are then shared and never
/// change.
public final class WalObjectBuilder {
    /// Smallest batch of Kafka's format v2: its header.
    public static final int BATCH_HEADER_SIZE = 61;

    private static final int LEADER_EPOCH_AT = 12;

    private final List<BatchIndex> batches = new ArrayList<>();
    private final List<ControlEntry> control = new ArrayList<>();
    private final WalScratch scratch;
    private ByteBuffer buffer;
    private boolean frozen;

    /// @param scratch where it is filled: used again by the next object once this one is frozen
    public WalObjectBuilder(WalScratch scratch) {
        this.scratch = scratch;
        buffer = scratch.take().position(WalHeader.SIZE);
    }

    /// An object with a scratch of its own.
    public WalObjectBuilder() {
        this(new WalScratch());
    }

    /// Copies the batch, and patches base offset and partition leader epoch on the copy (neither is under the batch's
    /// own checksum).
    ///
    /// @param index says offset and epoch; its position and size are ignored
    /// @param batch its position is left alone
    /// @return the index with position and size
    public BatchIndex append(BatchIndex index, ByteBuffer batch) {
        requireFilling();
        int size = batch.remaining();
        if (size < BATCH_HEADER_SIZE) {
            throw new IllegalArgumentException(
                    "a record batch has at least " + BATCH_HEADER_SIZE + " bytes, not " + size);
        }
        room(size);
        int position = buffer.position();
        buffer.put(batch.duplicate());
        buffer.putLong(position, index.baseOffset());
        buffer.putInt(position + LEADER_EPOCH_AT, index.epoch().number());
        BatchIndex placed = index.at(position, size);
        batches.add(placed);
        return placed;
    }

    public void append(ControlEntry entry) {
        requireFilling();
        control.add(entry);
    }

    /// Bytes of header and batches so far.
    public int size() {
        return buffer.position();
    }

    public boolean isEmpty() {
        return batches.isEmpty() && control.isEmpty();
    }

    public List<BatchIndex> batches() {
        return batches;
    }

    public List<ControlEntry> control() {
        return control;
    }

    /// A batch appended before, read-only. Stays valid when the object grows; to be asked for again once it is frozen.
    public ByteBuffer bytes(BatchIndex placed) {
        return buffer.slice(placed.position(), placed.size()).asReadOnlyBuffer();
    }

    /// Adds footer and checksums. Nothing can be appended any more.
    ///
    /// @return the whole object, read-only, shared with [#bytes]
    public ByteBuffer freeze(WalHeader header) {
        requireFilling();
        frozen = true;
        FieldWriter footer = new FieldWriter(8 + batches.size() * BatchIndex.ROW_SIZE + control.size() * 64);
        footer.i32(batches.size()).i32(control.size());
        for (BatchIndex batch : batches) {
            batch.write(footer);
        }
        for (ControlEntry entry : control) {
            ControlEntry.write(entry, footer);
        }
        int footerPosition = buffer.position();
        int trailerPosition = footerPosition + footer.size();
        room(footer.size() + WalTrailer.SIZE);
        buffer.put(footer.finish()).position(trailerPosition + WalTrailer.SIZE);
        header.write(buffer);
        WalTrailer.write(buffer, trailerPosition, header, footerPosition);
        // It lives as long as the tail cache keeps it: not a byte more than it needs.
        ByteBuffer exact = ByteBuffer.allocate(buffer.position());
        exact.put(buffer.flip()).flip();
        scratch.giveBack(buffer);
        buffer = exact;
        return exact.asReadOnlyBuffer();
    }

    private void requireFilling() {
        if (frozen) {
            throw new IllegalStateException("the bytes of a slot are frozen (R1)");
        }
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            long needed = (long) buffer.position() + bytes;
            if (needed > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("a WAL object of " + needed + " bytes");
            }
            ByteBuffer larger = ByteBuffer.allocate(
                    (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * buffer.capacity())));
            buffer = larger.put(buffer.flip());
        }
    }
}
