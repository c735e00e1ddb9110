// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What hedging buys, and what it costs, on a virtual clock: a store whose requests take 35 ms at the median and 150 ms
/// at the 99th percentile, a record every 5 ms. Logs the figures of `docs/measurements.md`.
class HedgedLatencyTest {
    private static final Logger LOG = LoggerFactory.getLogger("measurements");
    private static final int RECORDS = 20_000;
    private static final double SIGMA = Math.log(150.0 / 35) / 2.3263;

    private record Run(long p50, long p99, long puts, long slots) {
        @Override
        public String toString() {
            return "p50 %d ms, p99 %d ms, %d PUTs for %d slots".formatted(p50, p99, puts, slots);
        }
    }

    private static Run run(HedgeSettings hedges, LatencyProfile profile) {
        WalSettings usual = WalSettings.defaults(profile);
        WalBench bench = new WalBench(
                7,
                new WalSettings(
                        usual.profile(),
                        usual.maxSlotBytes(),
                        usual.maxPutsInFlight(),
                        usual.slotStuckAfter(),
                        usual.barrierInterval(),
                        usual.barrierPatience(),
                        usual.attemptTimeout(),
                        hedges,
                        usual.backoff()),
                LogRules.strict());
        Random random = new Random(11);
        // Slow until it is stored, then answered at once. A twin of a PUT whose answer alone is slow gains nothing.
        bench.store.latency(_ -> Duration.ofMillis(2));
        bench.store.faults(_ ->
                new Fault.Slow(Duration.ofNanos((long) (35e6 * Math.exp(SIGMA * random.nextGaussian())))));
        List<Long> latencies = new ArrayList<>();
        for (int record = 0; record < RECORDS; record++) {
            long sent = bench.runtime.nanos();
            bench.append().durability().thenRun(() -> latencies.add(bench.runtime.nanos() - sent));
            bench.runtime.runFor(Duration.ofMillis(5));
        }
        bench.runtime.runFor(Duration.ofMinutes(1));
        assertThat(latencies).hasSize(RECORDS);
        assertThat(bench.durableOffsets)
                .hasSize(RECORDS)
                .doesNotHaveDuplicates()
                .isSorted();
        latencies.sort(null);
        long puts = bench.store.requests().stream()
                .filter(request -> request.startsWith("PUT"))
                .count();
        return new Run(
                latencies.get(RECORDS / 2) / 1_000_000,
                latencies.get(RECORDS / 100 * 99) / 1_000_000,
                puts,
                bench.durable.size());
    }

    @Test
    void theSlowestHundredthBecomesFasterForFewMoreRequests() {
        Run plain = run(HedgeSettings.off(), LatencyProfile.BALANCED);
        Run hedged = run(HedgeSettings.defaults(), LatencyProfile.BALANCED);
        LOG.info("balanced, not hedged: {}", plain);
        LOG.info("balanced, hedged:     {}", hedged);

        assertThat(hedged.p99() * 10).as("a tenth less at least").isLessThanOrEqualTo(plain.p99() * 9);
        assertThat(hedged.puts()).isLessThan(hedged.slots() * 11 / 10);
        assertThat(plain.puts()).isEqualTo(plain.slots());
    }
}
