// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Files that pin a format: bytes in hex, 32 to a line.
final class Golden {
    private Golden() {}

    static byte[] read(String name) {
        try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name + ".hex")) {
            if (file == null) {
                return new byte[0];
            }
            String hex = new String(file.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
            return HexFormat.of().parseHex(hex);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assertSame(String name, byte[] bytes) {
        assertThat(HexFormat.of().formatHex(bytes))
                .as("golden/%s.hex; what was ever written must stay readable: a change needs a new version", name)
                .isEqualTo(HexFormat.of().formatHex(read(name)));
    }
}
