// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The frame of every object that is small enough to be read whole: magic, version, key id, then sections, each behind
/// its length and before its CRC32C, then the CRC32C of all.
///
/// ```
/// magic 4 · version 2 · key id 2 · number of sections 4 · CRC32C of these 12 bytes 4
/// per section: length 4 · bytes · CRC32C of length and bytes 4
/// CRC32C of everything before 4
/// ```
public final class Sections {
    /// Not encrypted by us.
    static final int NO_KEY = 0;

    private static final int HEADER = 16;

    private Sections() {}

    public static ByteBuffer write(Magic magic, List<FieldWriter> sections) {
        List<ByteBuffer> contents = new ArrayList<>(sections.size());
        int size = HEADER + 4;
        for (FieldWriter section : sections) {
            ByteBuffer content = section.finish();
            contents.add(content);
            size = Math.addExact(size, 8 + content.remaining());
        }
        FieldWriter object = new FieldWriter(size);
        object.i32(magic.number()).i16(magic.version()).i16(NO_KEY).i32(contents.size());
        object.checksumSince(0);
        for (ByteBuffer content : contents) {
            int start = object.size();
            object.i32(content.remaining()).bytes(content).checksumSince(start);
        }
        return object.checksumSince(0).finish();
    }

    /// What was found: the version says how to read the sections.
    public record Read(int version, List<FieldReader> sections) {
        public Read {
            sections = List.copyOf(sections);
        }

        public FieldReader section(int number) {
            return sections.get(number);
        }
    }

    /// @param object what is read, for messages: a slot or a key
    /// @param expectedSections how many this kind of object has, at least
    /// @throws CorruptObject if it is no such object, of an unknown version, or damaged
    public static Read read(Magic magic, ByteBuffer bytes, String object, int expectedSections) {
        ByteBuffer all = bytes.slice();
        FieldReader reader = new FieldReader(all, object);
        int version = readMagic(magic, reader);
        int count = reader.i32();
        int headerChecksum = reader.i32();
        Checksum.check(all, 0, HEADER - 4, headerChecksum, object, "header");
        if (count < expectedSections || (long) count * 8 > reader.remaining()) {
            throw reader.corrupt(count + " sections, where at least " + expectedSections + " belong");
        }
        List<FieldReader> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int start = reader.position();
            int length = reader.i32();
            ByteBuffer content = reader.bytes(length);
            Checksum.check(all, start, 4 + length, reader.i32(), object, "section " + i);
            sections.add(new FieldReader(content, object));
        }
        int end = reader.position();
        Checksum.check(all, 0, end, reader.i32(), object, "whole");
        reader.end();
        return new Read(version, sections);
    }

    /// Reads magic, version and key id.
    ///
    /// @return the version
    static int readMagic(Magic magic, FieldReader reader) {
        int number = reader.i32();
        if (number != magic.number()) {
            throw reader.corrupt("magic %08x is not that of a %s".formatted(number, magic));
        }
        int version = reader.i16();
        if (version < 1 || version > magic.version()) {
            throw reader.corrupt("version " + version + " of " + magic + " is unknown here (newest known: "
                    + magic.version() + "): read it with a newer release");
        }
        int keyId = reader.i16();
        if (keyId != NO_KEY) {
            throw reader.corrupt("encrypted with key " + keyId + ", and this release has no keys");
        }
        return version;
    }

    /// Whether the object begins like one of this kind. False for what is too short.
    public static boolean startsWith(Magic magic, ByteBuffer bytes) {
        return bytes.remaining() >= 4 && bytes.slice().getInt() == magic.number();
    }
}
