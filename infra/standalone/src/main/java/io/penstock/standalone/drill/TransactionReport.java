// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.List;
import java.util.Map;

/// What a drill with transactions found; the same for people and, as JSON, for programs.
///
/// @param inputs records that were acknowledged to the producer of the inputs
/// @param transformed inputs that readers of committed records found in the outputs
/// @param committed transactions whose commit succeeded; `aborted` likewise, on purpose or after an error
/// @param restarts how often a worker had to begin anew with its transactional id
/// @param longest_gap_ms longest time between two commits
/// @param longest_gap_began_ms when it began, from the blow on; negative: before
/// @param slowest_calls_ms the longest that each call to the clients took
record TransactionReport(
        String kind,
        String started_at,
        long duration_ms,
        List<Integer> victims,
        int shards_moved,
        long inputs,
        long transformed,
        long committed,
        long aborted,
        long restarts,
        long lost,
        long duplicated,
        long torn,
        long aborted_read,
        long uncommitted,
        long hanging,
        Map<String, Long> errors,
        long longest_gap_ms,
        long longest_gap_began_ms,
        Map<String, Long> slowest_calls_ms,
        List<String> remarks,
        boolean passed) {

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                "drill %s with transactions  victims %s  partitions moved %d%n".formatted(kind, victims, shards_moved));
        text.append("  transformed           %,12d of %,d inputs%n".formatted(transformed, inputs));
        text.append("  transactions          %,12d committed, %,d aborted, %,d new beginnings%n"
                .formatted(committed, aborted, restarts));
        text.append("  lost                  %,12d%n".formatted(lost));
        text.append("  duplicated            %,12d%n".formatted(duplicated));
        text.append("  torn                  %,12d%n".formatted(torn));
        text.append("  of aborted ones read  %,12d%n".formatted(aborted_read));
        text.append("  commits without trace %,12d%n".formatted(uncommitted));
        text.append("  hanging partitions    %,12d%n".formatted(hanging));
        text.append("  longest commit gap    %,12d ms, began %,d ms after the blow%n"
                .formatted(longest_gap_ms, longest_gap_began_ms));
        text.append("  slowest calls, ms     %s%n".formatted(slowest_calls_ms));
        if (!errors.isEmpty()) {
            text.append("  errors at clients     %s%n".formatted(errors));
        }
        remarks.forEach(remark -> text.append("  %s%n".formatted(remark)));
        text.append(passed ? "PASSED" : "FAILED");
        return text.toString();
    }
}
