// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Files that pin byte layouts: what was ever written must be read for ever, and must not change unnoticed.
///
/// They hold hex digits, 32 bytes a line. A new format's file is made by running its test with `-Dgolden.write=true`;
/// a file in use is never made again: a new layout is a new version with a new file.
public final class Golden {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final int BYTES_PER_LINE = 32;

    private Golden() {}

    /// Fails if the bytes differ from the file's.
    public static void check(String name, ByteBuffer actual) {
        byte[] bytes = new byte[actual.remaining()];
        actual.duplicate().get(bytes);
        Path file = FOLDER.resolve(name + ".hex");
        try {
            if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, lines(bytes), US_ASCII);
            }
            assertThat(lines(bytes)).as("layout of %s", name).isEqualTo(Files.readString(file, US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The bytes of the file.
    public static ByteBuffer read(String name) {
        try {
            String digits =
                    Files.readString(FOLDER.resolve(name + ".hex"), US_ASCII).replace("\n", "");
            return ByteBuffer.wrap(HexFormat.of().parseHex(digits)).asReadOnlyBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lines(byte[] bytes) {
        StringBuilder lines = new StringBuilder();
        for (int from = 0; from < bytes.length; from += BYTES_PER_LINE) {
            lines.append(HexFormat.of().formatHex(bytes, from, Math.min(bytes.length, from + BYTES_PER_LINE)))
                    .append('\n');
        }
        return lines.toString();
    }
}
