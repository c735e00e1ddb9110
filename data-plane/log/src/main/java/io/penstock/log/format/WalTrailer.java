// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;

/// The last bytes of a WAL object: where the footer is, and the checksums. Its own checksum and identity let a reader
/// trust a footer without the rest of the object.
///
/// @param wholeChecksum of everything before it
record WalTrailer(
        WalHeader header,
        int footerPosition,
        int footerLength,
        int bodyChecksum,
        int footerChecksum,
        int wholeChecksum) {
    /// Bytes: slot 28, nonce 16, footer position 4, footer length 4, CRC32C of body 4, of footer 4, of these 60
    /// bytes 4, of the whole object up to here 4, end magic 4.
    static final int SIZE = 72;

    private static final int CHECKED = 60;
    private static final int END_MAGIC = 0x4C575350; // "LWSP"

    static void write(ByteBuffer object, int at, WalHeader header, int footerPosition) {
        header.writeIdentity(object, at);
        object.putInt(at + 44, footerPosition);
        object.putInt(at + 48, at - footerPosition);
        object.putInt(at + 52, Checksum.of(object, WalHeader.SIZE, footerPosition - WalHeader.SIZE));
        object.putInt(at + 56, Checksum.of(object, footerPosition, at - footerPosition));
        object.putInt(at + CHECKED, Checksum.of(object, at, CHECKED));
        object.putInt(at + CHECKED + 4, Checksum.of(object, 0, at + CHECKED + 4));
        object.putInt(at + CHECKED + 8, END_MAGIC);
    }

    /// @param tail the last bytes of the object, at least [#SIZE] of them
    /// @throws CorruptObject if they do not end a WAL object of this slot
    static WalTrailer decode(WalSlot slot, ByteBuffer tail, long objectSize) {
        String object = slot.toString();
        if (tail.remaining() < SIZE || objectSize < WalHeader.SIZE + SIZE || objectSize > Integer.MAX_VALUE) {
            throw new CorruptObject(object, objectSize + " bytes are no WAL object");
        }
        ByteBuffer trailer = tail.slice(tail.limit() - SIZE, SIZE);
        FieldReader in = new FieldReader(trailer, object);
        Checksum.check(trailer, 0, CHECKED, trailer.getInt(CHECKED), object, "trailer");
        WalHeader header = WalHeader.readIdentity(slot, in);
        WalTrailer read = new WalTrailer(header, in.i32(), in.i32(), in.i32(), in.i32(), trailer.getInt(CHECKED + 4));
        if (trailer.getInt(CHECKED + 8) != END_MAGIC) {
            throw in.corrupt("does not end like a WAL object");
        }
        if (read.footerPosition < WalHeader.SIZE
                || read.footerLength < 0
                || (long) read.footerPosition + read.footerLength + SIZE != objectSize) {
            throw in.corrupt("footer of " + read.footerLength + " bytes at " + read.footerPosition
                    + " does not fit into " + objectSize + " bytes");
        }
        return read;
    }
}
