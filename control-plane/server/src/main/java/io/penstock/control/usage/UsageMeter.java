// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.usage;

import io.penstock.control.cluster.ClusterService;
import io.penstock.control.fleet.FleetEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/// Adds up what brokers report.
///
/// Brokers tell sums that only grow; what was added up so far is stored in the transaction that adds it. So
/// a control
/// plane that was away, or dies, counts nothing twice and leaves nothing out.
@Component
class UsageMeter {
    private static final Logger log = LoggerFactory.getLogger(UsageMeter.class);
    private static final int[] ROLL_UPS = {1, 15, 1440};
    private static final Duration MINUTES_KEPT = Duration.ofHours(25);
    private static final Duration QUARTERS_KEPT = Duration.ofDays(31);
    private static final Duration COUNTERS_KEPT = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final ClusterService clusters;
    private final TransactionTemplate transactions;
    private final Clock clock;
    /// What brokers said last, and was not stored yet. Guarded by itself.
    private final Map<Counter, Long> told = new HashMap<>();
    /// What is stored. Used by the one thread that stores.
    private final Map<Counter, Long> stored = new HashMap<>();
    private final Set<String> loaded = new HashSet<>();

    UsageMeter(JdbcClient jdbc, ClusterService clusters, TransactionTemplate transactions, Clock clock) {
        this.jdbc = jdbc;
        this.clusters = clusters;
        this.transactions = transactions;
        this.clock = clock;
    }

    private record Counter(String brokerId, String clusterId, String measure, String topic) {}

    private record Sum(String clusterId, String tenantId, String measure, String topic) {}

    @EventListener
    void on(FleetEvent event) {
        if (event instanceof FleetEvent.BrokerHeard heard) {
            synchronized (told) {
                heard.reports()
                        .forEach(report -> report.getUsageList()
                                .forEach(count -> told.put(
                                        new Counter(
                                                heard.brokerId(),
                                                report.getClusterId(),
                                                count.getMeasure(),
                                                count.getTopic()),
                                        count.getValue())));
            }
        }
    }

    /// Stores what has come since.
    @Scheduled(fixedDelayString = "${penstock.usage.interval:PT10S}", initialDelayString = "PT5S")
    void store() {
        Map<Counter, Long> now;
        synchronized (told) {
            now = new HashMap<>(told);
            told.clear();
        }
        if (now.isEmpty()) {
            return;
        }
        try {
            now.keySet().stream().map(Counter::brokerId).distinct().forEach(this::load);
            transactions.executeWithoutResult(_ -> add(now, clock.instant()));
            stored.putAll(now);
        } catch (DataAccessException | TransactionException e) {
            log.warn("event=usage_not_stored cause={}", e.toString());
            synchronized (told) {
                now.forEach(told::putIfAbsent);
            }
        }
    }

    private void load(String brokerId) {
        if (loaded.contains(brokerId)) {
            return;
        }
        jdbc.sql("select cluster_id, measure, topic, value from usage_counters where broker_id = :broker")
                .param("broker", brokerId)
                .query(row -> {
                    stored.put(
                            new Counter(brokerId, row.getString(1), row.getString(2), row.getString(3)),
                            row.getLong(4));
                });
        loaded.add(brokerId);
    }

    private void add(Map<Counter, Long> now, Instant at) {
        Map<Sum, Long> sums = new HashMap<>();
        Map<String, String> tenants = new HashMap<>();
        List<Counter> grown = new ArrayList<>();
        now.forEach((counter, value) -> {
            long before = stored.getOrDefault(counter, 0L);
            // A sum that became smaller is that of a log that was opened anew.
            long more = value >= before ? value - before : value;
            if (more == 0) {
                return;
            }
            grown.add(counter);
            var tenant = tenants.computeIfAbsent(
                    counter.clusterId(),
                    id -> clusters.place(id).map(place -> place.tenantId()).orElse(""));
            if (!tenant.isEmpty()) {
                sums.merge(new Sum(counter.clusterId(), tenant, counter.measure(), counter.topic()), more, Long::sum);
            }
        });
        grown.forEach(counter -> jdbc.sql("""
            insert into usage_counters (broker_id, cluster_id, measure, topic, value, told_at)
            values (?, ?, ?, ?, ?, ?)
            on conflict (broker_id, cluster_id, measure, topic)
            do update set value = excluded.value, told_at = excluded.told_at\
            """)
                .params(
                        counter.brokerId(),
                        counter.clusterId(),
                        counter.measure(),
                        counter.topic(),
                        Objects.requireNonNull(now.get(counter)),
                        at.atOffset(ZoneOffset.UTC))
                .update());
        sums.forEach((sum, value) -> {
            for (int minutes : ROLL_UPS) {
                jdbc.sql("""
                    insert into usage_series (cluster_id, tenant_id, minutes, at, measure, topic, value)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (cluster_id, minutes, measure, topic, at)
                    do update set value = usage_series.value + excluded.value\
                    """)
                        .params(
                                sum.clusterId(),
                                sum.tenantId(),
                                minutes,
                                begin(at, minutes).atOffset(ZoneOffset.UTC),
                                sum.measure(),
                                sum.topic(),
                                value)
                        .update();
            }
        });
    }

    /// The beginning of the step that a time lies in.
    static Instant begin(Instant at, long minutes) {
        long step = minutes * 60;
        return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), step) * step);
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT9M")
    void forget() {
        var now = clock.instant();
        forget(1, now.minus(MINUTES_KEPT));
        forget(15, now.minus(QUARTERS_KEPT));
        jdbc.sql("delete from usage_counters where told_at < :before and broker_id not in"
                        + " (select id from brokers where phase not in ('LOST', 'RETIRED'))")
                .param("before", now.minus(COUNTERS_KEPT).atOffset(ZoneOffset.UTC))
                .update();
    }

    private void forget(int minutes, Instant before) {
        jdbc.sql("delete from usage_series where minutes = :minutes and at < :before")
                .param("minutes", minutes)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .update();
    }
}
