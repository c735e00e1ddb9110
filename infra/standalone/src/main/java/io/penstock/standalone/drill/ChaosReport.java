// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.List;
import java.util.Map;

/// What chaos found; the same for people and, as JSON, for programs.
///
/// @param blows how many of each kind fell
/// @param read different offsets that any reader saw
/// @param anomalies how many of each kind the history shows; empty if it shows none
/// @param unread_by_group acknowledged records that no member of the group has read
/// @param longest_silence_ms longest time in which no record at all was acknowledged
record ChaosReport(
        String kind,
        long seed,
        String started_at,
        long duration_ms,
        Map<String, Long> blows,
        long sent,
        long acknowledged,
        long read,
        Map<String, Long> anomalies,
        List<String> examples,
        long unread_by_group,
        Map<String, Long> produce_errors,
        Map<String, Long> consume_errors,
        long longest_silence_ms,
        List<String> remarks,
        boolean passed) {

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("drill chaos  seed %d  %d s  %s%n".formatted(seed, duration_ms / 1000, blows));
        text.append("  acknowledged          %,12d of %,d sent%n".formatted(acknowledged, sent));
        text.append("  read                  %,12d offsets%n".formatted(read));
        text.append("  anomalies             %12s%n".formatted(anomalies.isEmpty() ? "none" : anomalies.toString()));
        text.append("  not read by the group %,12d%n".formatted(unread_by_group));
        text.append("  longest silence       %,12d ms%n".formatted(longest_silence_ms));
        if (!produce_errors.isEmpty() || !consume_errors.isEmpty()) {
            text.append("  errors at clients     %s %s%n".formatted(produce_errors, consume_errors));
        }
        examples.forEach(example -> text.append("  %s%n".formatted(example)));
        remarks.forEach(remark -> text.append("  %s%n".formatted(remark)));
        text.append(passed ? "PASSED" : "FAILED");
        return text.toString();
    }
}
