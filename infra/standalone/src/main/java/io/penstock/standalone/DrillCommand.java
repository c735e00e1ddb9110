// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.RunState;
import io.penstock.standalone.drill.ChaosRun;
import io.penstock.standalone.drill.DrillRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock drill KIND`.
@Command(
        name = "drill",
        description =
                "Hurts a running Penstock under real load and judges what became of the records. Exit code 0 only if"
                        + " nothing acknowledged was lost, duplicated or out of order.",
        mixinStandardHelpOptions = true)
final class DrillCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Parameters(paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}", completionCandidates = Kinds.class)
    private String kind = "";

    @Option(names = "--duration", paramLabel = "S", description = "Seconds: of load, or of what is frozen or away.")
    private @Nullable Integer duration;

    @Option(
            names = "--and-broker",
            description = "With control-plane-kill: a broker dies, too, while the control plane is away.")
    private boolean andBroker;

    @Option(
            names = "--transactions",
            description = "With broker-kill and broker-freeze: the load are transactions that read, write to two topics"
                    + " and commit their offsets; nothing may be lost, doubled, torn, or read of an aborted one.")
    private boolean transactions;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Partitions of the drill's topic, all of them loaded (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--backlog-gib",
            paramLabel = "G",
            description = "With broker-kill: twice, first while a group reads a backlog of so many GiB from its"
                    + " beginning, then while nobody does; the report shows both side by side.")
    private double backlogGib;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the report there.")
    private @Nullable Path json;

    @Option(names = "--seed", paramLabel = "N", description = "Of chaos: the same blows at the same times.")
    private @Nullable Long seed;

    @Option(names = "--history", paramLabel = "FILE", description = "Of chaos: every act and answer of the clients.")
    private @Nullable Path history;

    @Option(
            names = "--store-pid-file",
            paramLabel = "FILE",
            description =
                    "Of chaos: where the id of a local S3 server's process is, which is stopped and killed instead of making"
                            + " brokers find their store slow and failing; whoever started it starts it again.")
    private @Nullable Path storePidFile;

    @Override
    public Integer call() throws Exception {
        if (kinds().stream().noneMatch(kind::equalsIgnoreCase)) {
            throw new Trouble(Trouble.USAGE, "no drill named '" + kind + "'; known: " + String.join(", ", kinds()));
        }
        if (duration != null && (duration < 3 || duration > 3600)) {
            throw new Trouble(Trouble.USAGE, "--duration is 3 to 3600 seconds, not " + duration);
        }
        if (partitions < 1 || partitions > 10_000) {
            throw new Trouble(Trouble.USAGE, "--partitions is 1 to 10000, not " + partitions);
        }
        if (backlogGib < 0 || backlogGib > 1024) {
            throw new Trouble(Trouble.USAGE, "--backlog-gib is 0 to 1024, not " + backlogGib);
        }
        DataFolder folder = DataFolder.open(data.path());
        RunState state = folder.running()
                .filter(RunState::ready)
                .filter(running -> LocalProcesses.alive(running.supervisorPid()))
                .orElseThrow(() -> new Trouble(
                        Trouble.UNAVAILABLE,
                        "Penstock does not run on " + folder.root() + "; start it with ./penstock up --detach"));
        DrillRun.Result result = run(
                folder,
                new LocalMachine(
                        folder, state, Optional.ofNullable(storePidFile).map(StoreProcess::new)));
        System.out.println(result.text());
        if (json != null) {
            Files.writeString(json, result.json() + "\n");
        }
        return result.passed() ? 0 : 1;
    }

    private DrillRun.Result run(DataFolder folder, LocalMachine machine) throws Exception {
        Duration time = duration == null ? null : Duration.ofSeconds(duration);
        if (kind.equalsIgnoreCase(ChaosRun.WORD)) {
            return new ChaosRun(
                            seed == null ? System.nanoTime() & 0xffffff : seed,
                            time == null ? ChaosRun.DEFAULT_DURATION : time,
                            history)
                    .on(machine, System.out::println);
        }
        DrillRun run;
        try {
            run = new DrillRun(
                    DrillRun.kind(kind), time, partitions, coordinatorToo(folder), andBroker, transactions, backlogGib);
        } catch (IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
        }
        return run.on(machine, System.out::println);
    }

    private static List<String> kinds() {
        List<String> kinds = new ArrayList<>(DrillRun.kinds());
        kinds.add(ChaosRun.WORD);
        return kinds;
    }

    /// Every other drill also takes the coordinator of its group.
    private static boolean coordinatorToo(DataFolder folder) throws IOException {
        Path counter = folder.root().resolve("run").resolve("drills");
        int before = Files.exists(counter)
                ? Integer.parseInt(Files.readString(counter).strip())
                : 0;
        Files.writeString(counter, (before + 1) + "\n");
        return before % 2 == 0;
    }

    private static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return kinds().iterator();
        }
    }
}
