// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.log.LogMetrics.ReadSource;
import io.penstock.log.LogMetrics.SlotFate;
import io.penstock.log.OpenOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogMetersTest {
    private static final long MILLIS = Duration.ofMillis(1).toNanos();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final LogMeters meters = new LogMeters(registry, "c1");

    @Test
    void whatTheLogCountsIsScrapedUnderItsName() {
        meters.slotCut(1000, 3, 40 * MILLIS);
        meters.slotPut(SlotFate.DURABLE, 2, 30 * MILLIS);
        meters.slotAcknowledged(5 * MILLIS);
        meters.walWaits(700, 2);
        meters.sealMet(true);
        meters.predecessorSealed();
        meters.footerRead(64);
        meters.shardOpening(new OpenOutcome.Opened(5, 17), 90 * MILLIS);
        meters.read(ReadSource.TAIL_CACHE, 10);
        meters.read(ReadSource.STORE, 20);
        meters.consolidationDebt(12, 3400);
        meters.shardConsolidated(555);
        meters.shardMerged(444);
        meters.consolidationRound(7 * MILLIS);
        meters.objectDeleted();
        meters.barrier(true, 2 * MILLIS);

        assertThat(registry.scrape().lines())
                .contains(
                        "penstock_produce_ack_seconds_count{cluster=\"c1\",stage=\"batch\"} 1",
                        "penstock_produce_ack_seconds_sum{cluster=\"c1\",stage=\"put\"} 0.03",
                        "penstock_produce_ack_seconds_sum{cluster=\"c1\",stage=\"commit\"} 0.005",
                        "penstock_wal_slot_bytes_sum{cluster=\"c1\"} 1000.0",
                        "penstock_wal_slot_entries_sum{cluster=\"c1\"} 3.0",
                        "penstock_wal_slots_total{cluster=\"c1\",outcome=\"durable\"} 1.0",
                        "penstock_wal_slots_total{cluster=\"c1\",outcome=\"sealed\"} 0.0",
                        "penstock_wal_put_attempts_total{cluster=\"c1\"} 2.0",
                        "penstock_wal_unflushed_bytes{cluster=\"c1\"} 700.0",
                        "penstock_wal_frontier_lag_slots{cluster=\"c1\"} 2.0",
                        "penstock_wal_seals_total{cluster=\"c1\",role=\"obeyed\"} 1.0",
                        "penstock_wal_seals_total{cluster=\"c1\",role=\"fenced\"} 0.0",
                        "penstock_wal_seals_total{cluster=\"c1\",role=\"heir\"} 1.0",
                        "penstock_recovery_read_bytes_total{cluster=\"c1\"} 64.0",
                        "penstock_recovery_slots_total{cluster=\"c1\"} 17.0",
                        "penstock_shard_opening_seconds_count{cluster=\"c1\",outcome=\"opened\"} 1",
                        "penstock_cache_hits_total{cache=\"tail\",cluster=\"c1\"} 1.0",
                        "penstock_cache_misses_total{cluster=\"c1\"} 1.0",
                        "penstock_log_read_bytes_total{cluster=\"c1\",source=\"store\"} 20.0",
                        "penstock_consolidation_debt_bytes{cluster=\"c1\"} 3400.0",
                        "penstock_consolidation_backlog_objects{cluster=\"c1\"} 12.0",
                        "penstock_consolidation_written_bytes_total{cluster=\"c1\"} 555.0",
                        "penstock_consolidation_merged_bytes_total{cluster=\"c1\"} 444.0",
                        "penstock_consolidation_round_seconds_count{cluster=\"c1\"} 1",
                        "penstock_gc_deleted_objects_total{cluster=\"c1\"} 1.0",
                        "penstock_read_barrier_seconds_count{cluster=\"c1\",outcome=\"proven\"} 1")
                .anyMatch(line -> line.startsWith("penstock_consolidation_last_success_timestamp_seconds{")
                        && !line.endsWith(" 0.0"));
    }

    @Test
    void thePageForOperatorsListsEveryMetric() throws IOException {
        String page = Files.readString(Path.of("../../docs/operating/metrics.md"));
        for (LogMetric metric : LogMetric.values()) {
            assertThat(page).contains('`' + metric.id.replace('.', '_')).contains(metric.description);
        }
    }

    @Test
    void aClusterThatLeavesTakesItsMetersAlong() {
        try (LogMeters other = new LogMeters(registry, "c2")) {
            other.objectDeleted();
            assertThat(registry.scrape()).contains("cluster=\"c2\"");
        }

        assertThat(registry.scrape()).contains("cluster=\"c1\"").doesNotContain("cluster=\"c2\"");
    }
}
