// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;

/// The first bytes of a WAL object: which slot it fills, and which attempt to fill it this is.
public record WalHeader(WalSlot slot, Nonce nonce) {
    /// Bytes: magic 4, version 2, key id 2, slot 28, nonce 16, CRC32C 4.
    public static final int SIZE = 56;

    static final int SLOT_SIZE = 28;

    void write(ByteBuffer object) {
        object.putInt(0, Magic.WAL_OBJECT.number());
        object.putShort(4, (short) Magic.WAL_OBJECT.version());
        object.putShort(6, (short) Sections.NO_KEY);
        writeIdentity(object, 8);
        object.putInt(52, Checksum.of(object, 0, 52));
    }

    void writeIdentity(ByteBuffer object, int at) {
        object.putLong(at, slot.incarnation().high());
        object.putLong(at + 8, slot.incarnation().low());
        object.putInt(at + 16, slot.generation());
        object.putLong(at + 20, slot.slot());
        object.putLong(at + 28, nonce.high());
        object.putLong(at + 36, nonce.low());
    }

    static WalHeader readIdentity(WalSlot expected, FieldReader in) {
        WalSlot slot = in.slot();
        if (!slot.equals(expected)) {
            throw in.corrupt("holds slot " + slot);
        }
        return new WalHeader(slot, new Nonce(in.i64(), in.i64()));
    }

    /// @param bytes the object, or its beginning
    /// @throws CorruptObject if it is no WAL object of this slot
    public static WalHeader decode(WalSlot slot, ByteBuffer bytes) {
        FieldReader in = new FieldReader(bytes, slot.toString());
        Sections.readMagic(Magic.WAL_OBJECT, in);
        WalHeader header = readIdentity(slot, in);
        Checksum.check(bytes.slice(), 0, SIZE - 4, in.i32(), slot.toString(), "header");
        return header;
    }
}
