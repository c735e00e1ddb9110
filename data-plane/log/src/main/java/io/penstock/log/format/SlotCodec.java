// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads slots: whole, or only their footers.
public final class SlotCodec {
    private SlotCodec() {}

    /// Whether these first bytes of an object are those of a seal.
    public static boolean isSeal(ByteBuffer beginning) {
        return Sections.startsWith(Magic.SEAL, beginning);
    }

    /// Decodes a whole object and checks every checksum: any flipped bit is found.
    ///
    /// @param slot where it was read
    /// @throws CorruptObject if it is neither a WAL object nor a seal, belongs elsewhere, or is damaged
    public static SlotContent decode(WalSlot slot, ByteBuffer bytes) {
        if (isSeal(bytes)) {
            return new SlotContent.SealContent(Seal.decode(slot, bytes));
        }
        ByteBuffer object = bytes.slice();
        WalHeader header = WalHeader.decode(slot, object);
        WalTrailer trailer = WalTrailer.decode(slot, object, object.remaining());
        if (!header.equals(trailer.header())) {
            throw new CorruptObject(slot.toString(), "header and trailer are of different attempts");
        }
        String name = slot.toString();
        Checksum.check(
                object,
                WalHeader.SIZE,
                trailer.footerPosition() - WalHeader.SIZE,
                trailer.bodyChecksum(),
                name,
                "body");
        Checksum.check(object, 0, object.remaining() - 8, trailer.wholeChecksum(), name, "whole");
        Rows rows = rows(slot, object.slice(trailer.footerPosition(), trailer.footerLength()), trailer);
        return new SlotContent.WalData(header, rows.batches(), rows.control(), object);
    }

    /// What the last bytes of a WAL object gave.
    public sealed interface FooterRead {
        /// @param objectSize of the whole object in bytes
        record Footer(WalHeader header, List<BatchIndex> batches, List<ControlEntry> control, long objectSize)
                implements FooterRead {
            public Footer {
                batches = List.copyOf(batches);
                control = List.copyOf(control);
            }
        }

        /// The footer begins before the bytes given: read again from there to the end.
        record BeginsAt(long position) implements FooterRead {}
    }

    /// Decodes the footer alone; the body's checksum is not checked.
    ///
    /// @param tail the object's last bytes: the more, the likelier they hold the whole footer
    /// @param objectSize of the whole object in bytes
    /// @throws CorruptObject if they do not end a WAL object of this slot, or are damaged
    public static FooterRead footer(WalSlot slot, ByteBuffer tail, long objectSize) {
        WalTrailer trailer = WalTrailer.decode(slot, tail, objectSize);
        long footerInTail = trailer.footerPosition() - (objectSize - tail.remaining());
        if (footerInTail < 0) {
            return new FooterRead.BeginsAt(trailer.footerPosition());
        }
        Rows rows = rows(slot, tail.slice(tail.position() + (int) footerInTail, trailer.footerLength()), trailer);
        return new FooterRead.Footer(trailer.header(), rows.batches(), rows.control(), objectSize);
    }

    private record Rows(List<BatchIndex> batches, List<ControlEntry> control) {}

    private static Rows rows(WalSlot slot, ByteBuffer footer, WalTrailer trailer) {
        Checksum.check(footer, 0, footer.remaining(), trailer.footerChecksum(), slot.toString(), "footer");
        FieldReader in = new FieldReader(footer, slot.toString());
        int batchCount = in.count(BatchIndex.ROW_SIZE);
        int controlCount = in.count(ControlEntry.MINIMUM_SIZE);
        List<BatchIndex> batches = new ArrayList<>(batchCount);
        for (int i = 0; i < batchCount; i++) {
            BatchIndex batch = BatchIndex.read(in);
            if (batch.position() < WalHeader.SIZE
                    || (long) batch.position() + batch.size() > trailer.footerPosition()) {
                throw in.corrupt("batch of " + batch.size() + " bytes at " + batch.position() + " is not in the body");
            }
            batches.add(batch);
        }
        List<ControlEntry> control = new ArrayList<>(controlCount);
        for (int i = 0; i < controlCount; i++) {
            control.add(ControlEntry.read(in));
        }
        in.end();
        return new Rows(batches, control);
    }
}
