// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.penstock.objectstore.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// How an object lies in a file: its bytes, then a trailer of 24: the 16 bytes of its version, then `PNSTKOB1`.
///
/// The version is random, so no two writes ever share one, whatever they contain and whatever was deleted before.
/// It lies behind the bytes so that a position in the object is the same position in the file.
final class ObjectFile {
    static final int TRAILER_BYTES = 24;
    private static final int VERSION_BYTES = 16;
    private static final byte[] MAGIC = "PNSTKOB1".getBytes(US_ASCII);
    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{32}");

    private ObjectFile() {}

    /// A version made of 128 random bits.
    static ObjectVersion version(long high, long low) {
        return new ObjectVersion(
                HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low));
    }

    /// Whether a version can be one of this store's at all.
    static boolean isVersion(ObjectVersion version) {
        return VERSION.matcher(version.token()).matches();
    }

    static ByteBuffer trailer(ObjectVersion version) {
        return ByteBuffer.allocate(TRAILER_BYTES)
                .put(HexFormat.of().parseHex(version.token()))
                .put(MAGIC)
                .flip();
    }

    static ObjectVersion versionIn(ByteBuffer trailer) throws IOException {
        byte[] version = new byte[VERSION_BYTES];
        byte[] magic = new byte[MAGIC.length];
        trailer.duplicate().get(version).get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException("not an object of Penstock: the last 8 bytes are "
                    + HexFormat.of().formatHex(magic) + ", not PNSTKOB1");
        }
        return new ObjectVersion(HexFormat.of().formatHex(version));
    }

    /// Size of the object in a file of that size.
    static long objectSize(long fileSize) throws IOException {
        if (fileSize < TRAILER_BYTES) {
            throw new IOException("not an object of Penstock: a file of " + fileSize + " bytes has no trailer");
        }
        return fileSize - TRAILER_BYTES;
    }

    static ObjectVersion versionOf(Disk.OpenFile file) throws IOException {
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        file.read(trailer, objectSize(file.size()));
        return versionIn(trailer.flip());
    }
}
