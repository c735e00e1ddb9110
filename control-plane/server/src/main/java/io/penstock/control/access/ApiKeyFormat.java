// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// How an API key is written: `psk_<id>_<secret><crc>`.
///
/// The prefix lets secret scanners find a leaked one; the checksum lets them, and us, tell a key from noise without
/// asking the database.
final class ApiKeyFormat {
    private static final Pattern FORM = Pattern.compile("psk_([0-9A-Z]{26})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})");
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static final int SECRET_LENGTH = 43;

    /// A key taken apart.
    record Parts(String keyId, String secret) {}

    private ApiKeyFormat() {}

    static String write(String keyId, String secret) {
        var body = keyId.substring("key_".length()) + "_" + secret;
        return "psk_" + body + checksum(body);
    }

    static Optional<Parts> read(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        if (!checksum(match.group(1) + "_" + match.group(2)).equals(match.group(3))) {
            return Optional.empty();
        }
        return Optional.of(new Parts("key_" + match.group(1), match.group(2)));
    }

    static char digit(int value) {
        return DIGITS.charAt(value);
    }

    private static String checksum(String body) {
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        var text = new StringBuilder();
        for (long rest = crc.getValue(); text.length() < 6; rest /= 62) {
            text.append(digit((int) (rest % 62)));
        }
        return text.toString();
    }
}
