// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.simulation.judge.InvariantViolated;
import io.penstock.simulation.junit.Seed;
import io.penstock.simulation.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Runs worlds until so many failovers with PUTs in flight have happened, seed by seed on all cores, and does not stop
/// at
/// the first violation. How far it is stands in `target/simulation/long-run.txt`; a run that was interrupted goes on
/// with `-Dpenstock.seeds.from`.
///
/// `-Dtest=LongRunTest -Dpenstock.failovers=100000`
@EnabledIfSystemProperty(named = "penstock.failovers", matches = "\\d+")
class LongRunTest {
    private static final Path PROGRESS = Path.of("target", "simulation", "long-run.txt");
    private static final int SAY_EVERY = 200;

    private final long wanted = Long.getLong("penstock.failovers", 0);
    private final long from = Long.getLong("penstock.seeds.from", 1);
    private final AtomicLong nextSeed = new AtomicLong(from);
    private final Map<Long, String> violations = new ConcurrentSkipListMap<>();
    private final long started = System.nanoTime();
    private WorldStatistics sum = WorldStatistics.none();
    private long seeds;

    @Test
    void noFailoverWithPutsInFlightBreaksAnInvariant() throws Exception {
        Files.createDirectories(PROGRESS.getParent());
        List<Thread> threads = new ArrayList<>();
        for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
            threads.add(Thread.ofPlatform().name("worlds-" + core).start(this::runWorlds));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        sayProgress();

        assertThat(violations).isEmpty();
        assertThat(sum.failoversInFlight()).isGreaterThanOrEqualTo(wanted);
    }

    private void runWorlds() {
        while (true) {
            synchronized (this) {
                if (sum.failoversInFlight() >= wanted) {
                    return;
                }
            }
            Seed seed = new Seed(nextSeed.getAndIncrement(), false);
            try {
                add(World.of(seed).run());
            } catch (InvariantViolated violation) {
                violations.put(seed.number(), String.valueOf(violation.getMessage()));
                add(WorldStatistics.none());
            }
        }
    }

    private synchronized void add(WorldStatistics statistics) {
        sum = sum.plus(statistics);
        if (++seeds % SAY_EVERY == 0) {
            sayProgress();
        }
    }

    private void sayProgress() {
        try {
            Files.writeString(PROGRESS, told() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized String told() {
        return String.format(
                Locale.ROOT,
                "%d seeds from %d in %d s: failovers %d, %d of them with PUTs in flight, hand-offs %d, seals %d,"
                        + " acknowledged %d, violations %s",
                seeds,
                from,
                (System.nanoTime() - started) / 1_000_000_000,
                sum.failovers(),
                sum.failoversInFlight(),
                sum.handOffs(),
                sum.seals(),
                sum.acknowledged(),
                violations);
    }
}
