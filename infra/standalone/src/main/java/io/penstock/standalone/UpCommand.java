// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.Choices;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `./penstock up`.
@Command(
        name = "up",
        description =
                "Starts everything on this machine and makes a cluster to try. A second `up` finds everything again.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    private static final int DEFAULT_HTTP_PORT = 8080;
    private static final int DEFAULT_KAFKA_PORT = 9092;
    private static final int DEFAULT_BROKERS = 3;

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--http-port", paramLabel = "N", description = "Console and API (default: 8080).")
    private @Nullable Integer httpPort;

    @Option(names = "--kafka-port", paramLabel = "N", description = "First broker; the others follow (default: 9092).")
    private @Nullable Integer kafkaPort;

    @Option(names = "--brokers", paramLabel = "N", description = "Size of the fleet, 1 to 16 (default: 3).")
    private @Nullable Integer brokers;

    @Option(
            names = "--control-planes",
            paramLabel = "N",
            description = "Replicas of the control plane, 1 to 5: one acts, the others take over (default: 1).")
    private @Nullable Integer controlPlanes;

    @Option(
            names = "--zones",
            paramLabel = "N",
            description =
                    "Zones over which brokers and replicas of the control plane are spread, 0 to 5: names only, on"
                            + " one machine (default: 0).")
    private @Nullable Integer zones;

    @Option(
            names = "--bucket",
            paramLabel = "URI",
            description = "Where records live: file:DIR or s3://bucket/root?endpoint=…&region=…&path_style=true with"
                    + " credentials from the AWS environment (default: a folder in the data folder).")
    private @Nullable String bucket;

    @Option(
            names = "--profile",
            paramLabel = "fast|balanced|economy",
            description =
                    "Latency against cost of requests (default: fast on a folder, whose requests cost nothing, and"
                            + " balanced on s3://).")
    private @Nullable Profile profile;

    @Option(names = "--detach", description = "Returns when everything serves, and leaves it running.")
    private boolean detach;

    enum Profile {
        FAST,
        BALANCED,
        ECONOMY
    }

    @Override
    public Integer call() throws Exception {
        DataFolder folder = DataFolder.openOrCreate(data.path());
        Choices choices = choices(folder);
        try (FileLock lock = folder.lock().orElseThrow(() -> alreadyRuns(folder))) {
            if (!lock.isValid()) {
                throw alreadyRuns(folder);
            }
            folder.nothingRuns();
            Ports.requireFree(choices.httpPort(), "console and API", "--http-port N");
            for (int node = 0; node < choices.brokers(); node++) {
                if (LocalProcesses.brokers(folder).isEmpty()) {
                    Ports.requireFree(choices.kafkaPort() + node, "Kafka broker " + node, "--kafka-port N");
                }
            }
            folder.remember(choices);
            if (!detach) {
                return new Supervisor(folder, choices).runUntilStopped();
            }
        }
        return startDetached(folder);
    }

    private Choices choices(DataFolder folder) {
        Optional<Choices> before = folder.choices();
        if (before.isPresent() && bucket != null && !bucket.equals(before.get().bucket())) {
            throw new Trouble(
                    Trouble.USAGE,
                    "this data folder's cluster lives in " + before.get().bucket()
                            + "; use another folder with --data DIR for another bucket");
        }
        String uri = bucket != null ? bucket : before.map(Choices::bucket).orElse("file:" + folder.bucket());
        Profile usual = uri.startsWith("file:") ? Profile.FAST : Profile.BALANCED;
        Choices choices = new Choices(
                DataFolder.FORMAT,
                httpPort != null ? httpPort : before.map(Choices::httpPort).orElse(DEFAULT_HTTP_PORT),
                kafkaPort != null ? kafkaPort : before.map(Choices::kafkaPort).orElse(DEFAULT_KAFKA_PORT),
                brokers != null ? brokers : before.map(Choices::brokers).orElse(DEFAULT_BROKERS),
                uri,
                profile != null ? profile.name() : before.map(Choices::profile).orElse(usual.name()),
                controlPlanes != null
                        ? controlPlanes
                        : before.map(Choices::replicas).orElse(1),
                zones != null ? zones : before.map(Choices::zones).orElse(0));
        if (choices.brokers() < 1 || choices.brokers() > 16) {
            throw new Trouble(Trouble.USAGE, "--brokers is 1 to 16, not " + choices.brokers());
        }
        if (choices.replicas() < 1 || choices.replicas() > 5) {
            throw new Trouble(Trouble.USAGE, "--control-planes is 1 to 5, not " + choices.replicas());
        }
        if (choices.zoneNames().size() > 5) {
            throw new Trouble(
                    Trouble.USAGE,
                    "--zones is 0 to 5, not " + choices.zoneNames().size());
        }
        for (int port : new int[] {choices.httpPort(), choices.kafkaPort(), choices.kafkaPort() + choices.brokers()}) {
            if (port < 1 || port > 65535) {
                throw new Trouble(Trouble.USAGE, "ports are 1 to 65535, not " + port);
            }
        }
        return choices;
    }

    private static Trouble alreadyRuns(DataFolder folder) {
        return new Trouble(
                Trouble.TRY_AGAIN,
                "Penstock already runs on " + folder.root()
                        + "; see it with ./penstock status, stop it with ./penstock down");
    }

    /// The supervisor must outlive this terminal: a process of its own, in a session of its own.
    private Integer startDetached(DataFolder folder) throws IOException, InterruptedException {
        Path output = folder.log("penstock");
        List<String> command = new ArrayList<>(List.of("setsid"));
        if (!onPath("setsid")) {
            command.clear();
            command.add("nohup");
        }
        command.addAll(LocalProcesses.launcher());
        command.addAll(List.of("up", "--data", folder.root().toString()));
        Process started = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        long length = Files.exists(output) ? Files.size(output) : 0;
        for (int waited = 0; waited < 1800; waited++) {
            Optional<DataFolder.RunState> state = folder.running();
            if (state.isPresent() && state.get().ready()) {
                System.out.println(Welcome.text(folder, state.get()));
                return 0;
            }
            // It leads a session of its own, and is not forked: its end is the end of the start.
            boolean gone = !started.isAlive() && state.isEmpty();
            if (gone
                    || state.filter(s -> !LocalProcesses.alive(s.supervisorPid()))
                            .isPresent()) {
                String said = Files.readString(output);
                throw new Trouble(
                        Trouble.SOFTWARE,
                        "the start failed; " + output + " ends with:\n"
                                + tail(said.substring((int) Math.min(length, said.length()))));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new Trouble(Trouble.TRY_AGAIN, "not everything serves after three minutes; look into " + folder.logs());
    }

    private static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
