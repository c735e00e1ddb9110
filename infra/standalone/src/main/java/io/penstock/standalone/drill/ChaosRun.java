// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Chaos as a person asks for it.
///
/// @param seed what is done, and when
/// @param history where every act and answer of the clients is written, a line each; null for nowhere
public record ChaosRun(
        long seed, Duration duration, @Nullable Path history) {
    public static final String WORD = "chaos";
    public static final Duration DEFAULT_DURATION = Duration.ofMinutes(2);

    public DrillRun.Result on(Machine machine, Consumer<String> progress)
            throws InterruptedException, ExecutionException, IOException {
        if (history == null) {
            return judged(new ChaosDrill(machine, seed, duration, event -> {}, progress));
        }
        try (BufferedWriter lines = Files.newBufferedWriter(history)) {
            return judged(new ChaosDrill(
                    machine,
                    seed,
                    duration,
                    event -> {
                        try {
                            // A BufferedWriter takes whole calls one after the other.
                            lines.write(event + "\n");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    progress));
        }
    }

    private static DrillRun.Result judged(ChaosDrill drill) throws InterruptedException, ExecutionException {
        ChaosReport report = drill.run();
        return new DrillRun.Result(
                report.passed(),
                report.text(),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(report));
    }
}
