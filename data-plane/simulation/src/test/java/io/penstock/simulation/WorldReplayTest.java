// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.simulation.judge.InvariantViolated;
import io.penstock.simulation.junit.Seed;
import io.penstock.simulation.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A seed decides a world, whole: otherwise a failure could not be run again.
class WorldReplayTest {
    private static final long SEED = 11;

    @Test
    void theSameSeedWritesTheSameTrace() {
        assertThat(traceOf(SEED).lines().count()).isGreaterThan(1_000);
        assertThat(traceOf(SEED)).isEqualTo(traceOf(SEED));
        assertThat(traceOf(SEED)).isNotEqualTo(traceOf(SEED + 1));
    }

    @Test
    void theSameSeedWritesTheSameTraceInAnotherProcess() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        Long.toString(SEED))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String trace = new String(other.getInputStream().readAllBytes(), UTF_8);
            assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(trace).isEqualTo(traceOf(SEED));
        } finally {
            other.destroyForcibly();
        }
    }

    private static String traceOf(long number) {
        Seed seed = new Seed(number, true);
        try {
            World.of(seed).run();
        } catch (InvariantViolated violation) {
            // Its trace has to be the same, too.
            seed.keepTrace(violation.toString());
        }
        return seed.trace();
    }

    /// Prints the trace of the seed it is given.
    static final class OtherProcess {
        public static void main(String[] arguments) {
            System.out.writeBytes(traceOf(Long.parseLong(arguments[0])).getBytes(UTF_8));
            System.out.flush();
        }
    }
}
