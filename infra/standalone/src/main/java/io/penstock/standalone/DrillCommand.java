// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.RunState;
import io.penstock.standalone.drill.DrillKind;
import io.penstock.standalone.drill.DrillRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
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
                "Hurts a running Penstock under real load and judges what became of the records. Exit code 0 only if nothing"
                        + " acknowledged was lost, duplicated or out of order.",
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

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the report there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        DrillKind chosen;
        try {
            chosen = DrillRun.kind(kind);
        } catch (IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, e.getMessage() + "; known: " + String.join(", ", DrillRun.kinds()));
        }
        if (duration != null && (duration < 3 || duration > 3600)) {
            throw new Trouble(Trouble.USAGE, "--duration is 3 to 3600 seconds, not " + duration);
        }
        DataFolder folder = DataFolder.open(data.path());
        RunState state = folder.running()
                .filter(RunState::ready)
                .filter(running -> LocalProcesses.alive(running.supervisorPid()))
                .orElseThrow(() -> new Trouble(
                        Trouble.UNAVAILABLE,
                        "Penstock does not run on " + folder.root() + "; start it with ./penstock up --detach"));
        DrillRun run;
        try {
            run = new DrillRun(
                    chosen, duration == null ? null : Duration.ofSeconds(duration), coordinatorToo(folder), andBroker);
        } catch (IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, "--and-broker: " + e.getMessage());
        }
        DrillRun.Result result = run.on(new LocalMachine(folder, state), System.out::println);
        System.out.println(result.text());
        if (json != null) {
            Files.writeString(json, result.json() + "\n");
        }
        return result.passed() ? 0 : 1;
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
            return DrillRun.kinds().iterator();
        }
    }
}
