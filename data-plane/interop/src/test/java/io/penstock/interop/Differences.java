// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/// Where Penstock answers otherwise than Apache Kafka, and why that stays. Everything else must be the same.
/// `docs/interop.md` is made from it.
final class Differences {
    /// @param suite the script
    /// @param what the step
    /// @param kafka its outcome on Apache Kafka
    record Difference(String suite, String what, String kafka, String penstock, String reason) {}

    static final List<Difference> KNOWN = List.of();

    private Differences() {}

    /// Judges one script's transcripts: line by line the same, but for the differences of that suite, each of which
    /// must be there.
    static void judge(String suite, List<String> kafka, List<String> penstock) {
        List<String> expected = new ArrayList<>(kafka);
        for (Difference difference : KNOWN) {
            if (difference.suite().equals(suite)) {
                String there = difference.what() + ": " + difference.kafka();
                assertThat(expected)
                        .as("%s on Apache Kafka, where a difference is known", suite)
                        .contains(there);
                expected.replaceAll(
                        line -> line.equals(there) ? difference.what() + ": " + difference.penstock() : line);
            }
        }
        assertThat(penstock)
                .as("%s on Penstock, compared with Apache Kafka", suite)
                .containsExactlyElementsOf(expected);
    }
}
