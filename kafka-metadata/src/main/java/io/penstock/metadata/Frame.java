// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The shell that every metadata object has: magic, format version, key id, a header and a body, each with its
/// CRC32C, and one over all.
///
/// ```
/// magic 4 | format version 2 | key id 4 (0 = not encrypted by us) | header length 4 | header | CRC32C so far 4
///         | body length 4 | body | CRC32C of the body 4 | CRC32C of all so far 4
/// ```
record Frame(int version, ByteSource header, ByteSource body) {

    static byte[] write(int magic, int version, ByteSink header, ByteSink body) {
        ByteSink out = new ByteSink();
        out.i32(magic).u16(version).i32(0).block(header);
        out.i32(crc(out.written()));
        out.block(body).i32(crc(body.written()));
        out.i32(crc(out.written()));
        return out.toBytes();
    }

    /// @param version the newest that this code reads
    static Frame read(int magic, int version, ByteBuffer bytes, String what) throws MetadataFormatException {
        ByteBuffer whole = bytes.slice().order(ByteOrder.BIG_ENDIAN);
        ByteSource in = new ByteSource(whole, what);
        int found = in.i32();
        if (found != magic) {
            throw in.damaged("begins with %08x, not with %08x".formatted(found, magic));
        }
        int written = in.u16();
        if (written > version) {
            // Its checksums may lie elsewhere, so nothing more can be said about it.
            throw in.newer("format version " + written + ", this process reads up to " + version);
        }
        if (written < 1) {
            throw in.damaged("format version " + written);
        }
        int keyId = in.i32();
        if (keyId != 0) {
            throw in.newer("encrypted with key " + keyId);
        }
        ByteSource header = in.block();
        check(in, crc(whole.slice(0, in.position())), "header");
        ByteBuffer body = in.bytes(in.i32());
        check(in, crc(body), "body");
        check(in, crc(whole.slice(0, in.position())), "whole");
        in.end();
        return new Frame(written, header, new ByteSource(body, what));
    }

    private static void check(ByteSource in, int expected, String section) throws MetadataFormatException {
        if (in.i32() != expected) {
            throw in.damaged("the checksum of the " + section + " does not fit");
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
