// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The face of this package: a drill chosen, run and judged.
public final class DrillRun {
    private static final Duration FLEET_RETURNS = Duration.ofMinutes(1);

    private final DrillKind kind;
    private final DrillSettings settings;
    private final boolean transactions;
    private final double backlogGib;

    /// @param duration null for the kind's own
    /// @param partitions of the drill's topic
    /// @param coordinatorToo the victim also coordinates the drill's consumer group
    /// @param brokerToo a broker dies, too, while the control plane is away
    /// @param transactions the load are transactions
    /// @param backlogGib 0, or: the drill is done twice, first while a group reads so much from its beginning
    /// @throws IllegalArgumentException if this kind of drill takes no broker away besides, or knows no
    ///     transactions or no backlog
    public DrillRun(
            DrillKind kind,
            @Nullable Duration duration,
            int partitions,
            boolean coordinatorToo,
            boolean brokerToo,
            boolean transactions,
            double backlogGib) {
        if (backlogGib > 0 && (kind != DrillKind.BROKER_KILL || transactions)) {
            throw new IllegalArgumentException(
                    "only " + DrillKind.BROKER_KILL.word() + " of plain records goes on beside a backlog");
        }
        if (transactions && kind != DrillKind.BROKER_KILL && kind != DrillKind.BROKER_FREEZE) {
            throw new IllegalArgumentException("only %s and %s have a load of transactions"
                    .formatted(DrillKind.BROKER_KILL.word(), DrillKind.BROKER_FREEZE.word()));
        }
        if (brokerToo && kind != DrillKind.CONTROL_PLANE_KILL) {
            throw new IllegalArgumentException(
                    "only " + DrillKind.CONTROL_PLANE_KILL.word() + " may take a broker besides");
        }
        this.kind = kind;
        this.transactions = transactions;
        this.backlogGib = backlogGib;
        this.settings = DrillSettings.of(
                kind,
                duration == null ? DrillSettings.defaultDuration(kind) : duration,
                partitions,
                coordinatorToo,
                brokerToo);
    }

    public static List<String> kinds() {
        return Arrays.stream(DrillKind.values()).map(DrillKind::word).toList();
    }

    /// @throws IllegalArgumentException if there is none of that name
    public static DrillKind kind(String word) {
        return DrillKind.parse(word);
    }

    public Result on(Machine machine, Consumer<String> progress) throws InterruptedException, ExecutionException {
        if (transactions) {
            TransactionReport report = new TransactionDrill(kind, settings, machine, progress).run();
            return new Result(report.passed(), report.text(), json(report));
        }
        if (backlogGib > 0) {
            BacklogReport report = besideBacklog(machine, progress);
            return new Result(report.passed(), report.text(), json(report));
        }
        DrillReport report = new Drill(kind, settings, machine, progress).run();
        return new Result(report.passed(), report.text(), json(report));
    }

    private BacklogReport besideBacklog(Machine machine, Consumer<String> progress)
            throws InterruptedException, ExecutionException {
        int fleet = machine.brokers().size();
        progress.accept("writing a backlog of %.1f GiB".formatted(backlogGib));
        DrillReport beside;
        long read;
        try (Backlog backlog = Backlog.of(backlogGib, machine)) {
            beside = new Drill(kind, settings, machine, progress).run();
            read = backlog.mebibytesRead();
        }
        long deadline = System.nanoTime() + FLEET_RETURNS.toNanos();
        while (machine.brokers().size() < fleet && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        progress.accept("the same, and nobody reads a backlog");
        DrillReport alone = new Drill(kind, settings, machine, progress).run();
        return new BacklogReport(backlogGib, read, beside, alone, beside.passed() && alone.passed() && read > 0);
    }

    private static String json(Object report) {
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(report);
    }

    /// @param text for people
    /// @param json for programs
    public record Result(boolean passed, String text, String json) {}
}
