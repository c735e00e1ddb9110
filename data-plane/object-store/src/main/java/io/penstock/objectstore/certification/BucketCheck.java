// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

import io.penstock.objectstore.certification.CertificationReport.CheckResult;
import io.penstock.objectstore.certification.CertificationReport.Latencies;
import java.time.Duration;
import java.util.Locale;

/// Shows a certification to a person, as `./penstock bucket check` prints it.
public final class BucketCheck {
    private BucketCheck() {}

    /// The whole report, several lines, each ended.
    ///
    /// @param store what the reader calls the store
    public static String show(String store, CertificationReport report) {
        StringBuilder text = new StringBuilder();
        text.append("Checked ")
                .append(store)
                .append(" at ")
                .append(report.at())
                .append('\n')
                .append('\n');
        for (CheckResult result : report.checks()) {
            text.append(line(result)).append('\n');
        }
        text.append('\n').append(latencies(report.latencies())).append('\n').append('\n');
        switch (report) {
            case CertificationReport.Passed _ -> text.append("PASSED: this store can hold Penstock clusters.\n");
            case CertificationReport.Refused refused -> {
                text.append("REFUSED: this store must not hold Penstock clusters.\n");
                for (String reason : refused.reasons()) {
                    text.append("  ").append(reason).append('\n');
                }
            }
        }
        return text.toString();
    }

    private static String line(CheckResult result) {
        return switch (result) {
            case CheckResult.Kept(Check check, int trials) ->
                "  ok       " + check.promise() + " (" + trials + " trials)";
            case CheckResult.Broken(Check check, String reason) ->
                "  BROKEN   " + check.promise() + "\n           " + reason;
            case CheckResult.Undecided(Check check, String reason) ->
                "  UNKNOWN  " + check.promise() + "\n           " + reason;
        };
    }

    private static String latencies(Latencies latencies) {
        return "Under the load of this check: put p50 %s, p99 %s (%d puts); get p50 %s, p99 %s (%d gets)"
                .formatted(
                        millis(latencies.putP50()),
                        millis(latencies.putP99()),
                        latencies.puts(),
                        millis(latencies.getP50()),
                        millis(latencies.getP99()),
                        latencies.gets());
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
