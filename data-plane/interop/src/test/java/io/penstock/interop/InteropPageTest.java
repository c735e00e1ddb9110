// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

class InteropPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "interop.md");

    private static String page() {
        StringBuilder page = new StringBuilder("""
            # Where Penstock answers otherwise than Apache Kafka

            Clients of many makers, and what Apache Kafka ships beside its broker, take the same steps on Penstock and on Apache Kafka %s, and the outcomes are compared line by line; [data-plane/interop](../data-plane/interop) says which and how. Everything is the same but what is listed here: the tests fail if something else differs, and if something listed here does not.

            Made from `Differences`: `./mvnw -pl data-plane/interop -am test -Dtest=InteropPageTest -Dpenstock.docs.write=true` writes it anew.

            | script | step | on Apache Kafka | on Penstock | why it stays |
            |---|---|---|---|---|
            """.formatted(AppInfoParser.getVersion()));
        for (Differences.Difference difference : Differences.KNOWN) {
            page.append("| %s | %s | %s | %s | %s |%n"
                    .formatted(
                            difference.suite(),
                            cell(difference.what()),
                            code(difference.kafka()),
                            code(difference.penstock()),
                            difference.reason()));
        }
        return page.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String code(String text) {
        return text.isEmpty() ? "nothing" : "`" + cell(text) + "`";
    }

    @Test
    void thePageSaysWhatTheTestsKnow() throws IOException {
        if (Boolean.getBoolean("penstock.docs.write")) {
            Files.writeString(PAGE, page());
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }
}
