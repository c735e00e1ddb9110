// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The face of this package: a drill chosen, run and judged.
public final class DrillRun {
    private final DrillKind kind;
    private final DrillSettings settings;
    private final boolean transactions;

    /// @param duration null for the kind's own
    /// @param partitions of the drill's topic
    /// @param coordinatorToo the victim also coordinates the drill's consumer group
    /// @param brokerToo a broker dies, too, while the control plane is away
    /// @param transactions the load are transactions
    /// @throws IllegalArgumentException if this kind of drill takes no broker away besides, or knows no
    ///     transactions
    public DrillRun(
            DrillKind kind,
            @Nullable Duration duration,
            int partitions,
            boolean coordinatorToo,
            boolean brokerToo,
            boolean transactions) {
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
        DrillReport report = new Drill(kind, settings, machine, progress).run();
        return new Result(report.passed(), report.text(), json(report));
    }

    private static String json(Object report) {
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(report);
    }

    /// @param text for people
    /// @param json for programs
    public record Result(boolean passed, String text, String json) {}
}
