// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.Incarnation;
import java.nio.ByteBuffer;
import java.util.List;

/// The lowest slot of a generation that may still exist. An absent floor is 0.
///
/// @param nonce so that no two writes have the same bytes, and an ETag cannot lie
public record Floor(Incarnation incarnation, int generation, long slot, Nonce nonce) {
    public Floor {
        if (generation < 0 || slot < 0) {
            throw new IllegalArgumentException("not a floor: generation " + generation + ", slot " + slot);
        }
    }

    public ByteBuffer encode() {
        FieldWriter identity = new FieldWriter().incarnation(incarnation).i32(generation);
        FieldWriter body = new FieldWriter().i64(slot).i64(nonce.high()).i64(nonce.low());
        return Sections.write(Magic.FLOOR, List.of(identity, body));
    }

    /// @throws CorruptObject if it is damaged, or belongs to another generation
    public static Floor decode(Incarnation incarnation, int generation, ByteBuffer bytes) {
        String object = "floor of " + incarnation + "/" + generation;
        Sections.Read read = Sections.read(Magic.FLOOR, bytes, object, 2);
        FieldReader identity = read.section(0);
        Incarnation ownIncarnation = identity.incarnation();
        int ownGeneration = identity.i32();
        identity.end();
        if (!ownIncarnation.equals(incarnation) || ownGeneration != generation) {
            throw identity.corrupt("holds the floor of " + ownIncarnation + "/" + ownGeneration);
        }
        FieldReader body = read.section(1);
        long slot = body.i64();
        Nonce nonce = new Nonce(body.i64(), body.i64());
        body.end();
        return body.sane(() -> new Floor(incarnation, generation, slot, nonce));
    }
}
