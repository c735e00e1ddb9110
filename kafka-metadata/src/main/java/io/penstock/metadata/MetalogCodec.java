// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;
import java.util.UUID;

/// Turns metalog entries into bytes and back. The layout is pinned by a golden file and described in
/// `docs/design/metalog.md`.
public final class MetalogCodec {
    /// `PSME`: Penstock metalog entry.
    static final int MAGIC = 0x50534d45;

    static final int VERSION = 1;

    private MetalogCodec() {}

    /// The bytes to freeze before anybody sends them anywhere.
    public static EncodedEntry encode(MetalogEntry entry) {
        ByteSink header = new ByteSink()
                .i32(entry.number())
                .i64(entry.predecessorChecksum())
                .uuid(entry.controlPlane())
                .i64(entry.nonce())
                .i64(entry.writtenAtMillis());
        ByteSink body = new ByteSink();
        RecordCodec.write(body, entry.records());
        return EncodedEntry.of(entry.number(), Frame.write(MAGIC, VERSION, header, body));
    }

    /// @throws MetadataFormatException if the bytes are damaged, of another entry, or newer than this code
    public static MetalogEntry decode(EncodedEntry encoded) throws MetadataFormatException {
        String what = "metalog entry " + encoded.number();
        Frame frame = Frame.read(MAGIC, VERSION, encoded.buffer(), what);
        ByteSource header = frame.header();
        int number = header.i32();
        if (number != encoded.number()) {
            throw header.damaged("says that it is entry " + number);
        }
        long predecessor = header.i64();
        UUID controlPlane = header.uuid();
        long nonce = header.i64();
        long writtenAtMillis = header.i64();
        header.end();
        var records = RecordCodec.read(frame.body());
        frame.body().end();
        try {
            return new MetalogEntry(number, predecessor, controlPlane, nonce, writtenAtMillis, records);
        } catch (IllegalArgumentException e) {
            throw header.damaged(String.valueOf(e.getMessage()));
        }
    }

    /// As [#decode(EncodedEntry)], for bytes as they came from the bucket.
    public static MetalogEntry decode(int number, ByteBuffer bytes) throws MetadataFormatException {
        return decode(EncodedEntry.of(number, bytes));
    }
}
