// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.fsck;

import io.penstock.log.fsck.ClusterReport;
import io.penstock.log.fsck.Damage;
import io.penstock.log.fsck.Finding;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// Shows a check: for people, and as JSON for programs.
public final class FsckText {
    private FsckText() {}

    /// @param exitCode 0 whole, 1 damaged, 2 not all of it could be checked
    private record Report(String store, int exitCode, List<ClusterReport> clusters) {}

    /// The worst of all: damage, then what could not be checked.
    public static int exitCode(List<ClusterReport> reports) {
        return reports.stream().anyMatch(report -> report.exitCode() == 1)
                ? 1
                : reports.stream().mapToInt(ClusterReport::exitCode).max().orElse(0);
    }

    public static String json(String store, List<ClusterReport> reports) {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(new Report(store, exitCode(reports), reports));
    }

    public static String text(ClusterReport report) {
        StringBuilder text = new StringBuilder();
        String verdict = switch (report.exitCode()) {
            case 0 -> "WHOLE";
            case 1 -> "DAMAGED";
            default -> "NOT PROVEN";
        };
        text.append("cluster %s: %s%n".formatted(report.cluster(), verdict));
        long sealed =
                report.wals().stream().filter(ClusterReport.WalCovered::sealed).count();
        text.append("  covers    metalog to entry %,d, %,d WALs (%,d sealed), %,d shards, %,d partitions, %,d offsets%n"
                .formatted(
                        report.metalogEntry(),
                        report.wals().size(),
                        sealed,
                        report.shards().size(),
                        report.partitions(),
                        report.shards().stream()
                                .mapToLong(ClusterReport.ShardCovered::end)
                                .sum()));
        report.wals().stream()
                .filter(wal -> !wal.sealed())
                .forEach(wal -> text.append("            open WAL %s/%d below slot %,d%n"
                        .formatted(wal.incarnation(), wal.generation(), wal.checkedBelow())));
        text.append("  read      %,d objects, %,.1f MiB, %,d records in %,.1f s%n"
                .formatted(
                        report.objects(),
                        report.bytes() / 1048576.0,
                        report.records(),
                        Duration.between(report.startedAt(), report.endedAt()).toMillis() / 1000.0));
        for (Finding finding : report.findings()) {
            text.append("  %-20s %s: %s%n".formatted(finding.damage(), finding.object(), finding.detail()));
        }
        if (report.moreFindings() > 0) {
            text.append("  and %,d more%n".formatted(report.moreFindings()));
        }
        TreeSet<Damage> damages = new TreeSet<>();
        report.findings().forEach(finding -> damages.add(finding.damage()));
        damages.forEach(damage -> text.append("  %s: %s.%n".formatted(damage, damage.meaning())));
        report.remarks().forEach(remark -> text.append("  remark    %s%n".formatted(remark)));
        report.unchecked().ifPresent(why -> text.append("  unchecked %s%n".formatted(why)));
        return text.toString();
    }
}
