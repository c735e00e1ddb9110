// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiKeyFormatTest {
    private static final String ID = "key_01ARYZ6S41TSV4RRFFQ69G5FAV";
    private static final String SECRET = "a".repeat(ApiKeyFormat.SECRET_LENGTH);

    @Test
    void aKeyIsReadAsItWasWritten() {
        var text = ApiKeyFormat.write(ID, SECRET);

        assertThat(text).startsWith("psk_01ARYZ6S41TSV4RRFFQ69G5FAV_" + SECRET);
        assertThat(ApiKeyFormat.read(text)).contains(new ApiKeyFormat.Parts(ID, SECRET));
    }

    @Test
    void everySingleWrongCharacterIsNoticedByTheChecksum() {
        var text = ApiKeyFormat.write(ID, SECRET);
        for (int at = 0; at < text.length(); at++) {
            var other = text.charAt(at) == 'Z' ? 'Y' : 'Z';
            var wrong = text.substring(0, at) + other + text.substring(at + 1);
            assertThat(ApiKeyFormat.read(wrong)).as(wrong).isEmpty();
        }
    }
}
