// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.log.LogMetrics;
import io.penstock.log.LogRuntime;
import io.penstock.log.OpenOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The meters of one cluster's log. They leave the registry when the broker lets go of the cluster.
public final class LogMeters implements LogMetrics, AutoCloseable {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final MeterRegistry registry;
    private final String cluster;
    private final List<Meter> meters = new ArrayList<>();

    private final Timer batching;
    private final Timer putting;
    private final Timer committing;
    private final DistributionSummary slotBytes;
    private final DistributionSummary slotEntries;
    private final Map<SlotFate, Counter> slots = new EnumMap<>(SlotFate.class);
    private final Counter putAttempts;
    private final AtomicLong unflushed;
    private final AtomicLong inFlight;
    private final Counter sealsObeyed;
    private final Counter sealsFenced;
    private final Counter sealsAsHeir;
    private final Timer opened;
    private final Timer superseded;
    private final Timer corrupt;
    private final Counter recoverySlots;
    private final Counter recoveryBytes;
    private final Counter tailHits;
    private final Counter blockHits;
    private final Counter misses;
    private final Map<ReadSource, Counter> readBytes = new EnumMap<>(ReadSource.class);
    private final AtomicLong debt;
    private final AtomicLong backlog;
    private final Counter consolidated;
    private final Counter merged;
    private final Timer rounds;
    private final AtomicLong lastRound;
    private final Counter deleted;
    private final Timer proven;
    private final Timer notProven;

    /// @param cluster the cluster's id: the label of all meters
    public LogMeters(MeterRegistry registry, String cluster) {
        this.registry = registry;
        this.cluster = cluster;
        batching = histogram(LogMetric.ACKNOWLEDGE, "stage", "batch");
        putting = histogram(LogMetric.ACKNOWLEDGE, "stage", "put");
        committing = histogram(LogMetric.ACKNOWLEDGE, "stage", "commit");
        slotBytes = summary(LogMetric.SLOT_BYTES);
        slotEntries = summary(LogMetric.SLOT_ENTRIES);
        for (SlotFate fate : SlotFate.values()) {
            slots.put(fate, counter(LogMetric.SLOTS, "outcome", label(fate)));
        }
        putAttempts = counter(LogMetric.PUT_ATTEMPTS);
        unflushed = gauge(LogMetric.UNFLUSHED);
        inFlight = gauge(LogMetric.IN_FLIGHT);
        sealsObeyed = counter(LogMetric.SEALS, "role", "obeyed");
        sealsFenced = counter(LogMetric.SEALS, "role", "fenced");
        sealsAsHeir = counter(LogMetric.SEALS, "role", "heir");
        opened = histogram(LogMetric.OPENING, "outcome", "opened");
        superseded = histogram(LogMetric.OPENING, "outcome", "superseded");
        corrupt = histogram(LogMetric.OPENING, "outcome", "corrupt");
        recoverySlots = counter(LogMetric.RECOVERY_SLOTS);
        recoveryBytes = counter(LogMetric.RECOVERY_BYTES);
        tailHits = counter(LogMetric.CACHE_HITS, "cache", "tail");
        blockHits = counter(LogMetric.CACHE_HITS, "cache", "block");
        misses = counter(LogMetric.CACHE_MISSES);
        for (ReadSource source : ReadSource.values()) {
            readBytes.put(source, counter(LogMetric.READ_BYTES, "source", label(source)));
        }
        debt = gauge(LogMetric.DEBT);
        backlog = gauge(LogMetric.BACKLOG);
        consolidated = counter(LogMetric.CONSOLIDATED);
        merged = counter(LogMetric.MERGED);
        rounds = histogram(LogMetric.ROUND);
        lastRound = gauge(LogMetric.LAST_ROUND);
        deleted = counter(LogMetric.DELETED);
        proven = histogram(LogMetric.BARRIER, "outcome", "proven");
        notProven = histogram(LogMetric.BARRIER, "outcome", "not_proven");
    }

    /// What the cluster's log runs on, so that it counts here.
    public LogRuntime measured(LogRuntime process) {
        return new MeasuredRuntime(process, this);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }

    @Override
    public void slotCut(int bytes, int entries, long waited) {
        slotBytes.record(bytes);
        slotEntries.record(entries);
        batching.record(Duration.ofNanos(waited));
    }

    @Override
    public void slotPut(SlotFate fate, int attempts, long took) {
        putAttempts.increment(attempts);
        of(slots, fate).increment();
        if (fate == SlotFate.DURABLE) {
            putting.record(Duration.ofNanos(took));
        }
    }

    @Override
    public void slotAcknowledged(long behindFrontier) {
        committing.record(Duration.ofNanos(behindFrontier));
    }

    @Override
    public void walWaits(long pendingBytes, int slotsInFlight) {
        unflushed.set(pendingBytes);
        inFlight.set(slotsInFlight);
    }

    @Override
    public void sealMet(boolean continues) {
        (continues ? sealsObeyed : sealsFenced).increment();
    }

    @Override
    public void predecessorSealed() {
        sealsAsHeir.increment();
    }

    @Override
    public void footerRead(int bytes) {
        recoveryBytes.increment(bytes);
    }

    @Override
    public void shardOpening(OpenOutcome outcome, long took) {
        switch (outcome) {
            case OpenOutcome.Opened done -> {
                opened.record(Duration.ofNanos(took));
                recoverySlots.increment((double) done.slotsRead());
            }
            case OpenOutcome.Superseded() -> superseded.record(Duration.ofNanos(took));
            case OpenOutcome.Corrupt _ -> corrupt.record(Duration.ofNanos(took));
        }
    }

    @Override
    public void read(ReadSource source, int bytes) {
        switch (source) {
            case TAIL_CACHE -> tailHits.increment();
            case BLOCK_CACHE -> blockHits.increment();
            case STORE -> misses.increment();
        }
        of(readBytes, source).increment(bytes);
    }

    @Override
    public void consolidationDebt(int slotsOfTail, long bytes) {
        backlog.set(slotsOfTail);
        debt.set(bytes);
    }

    @Override
    public void shardConsolidated(long bytes) {
        consolidated.increment((double) bytes);
    }

    @Override
    public void shardMerged(long bytes) {
        merged.increment((double) bytes);
    }

    @Override
    public void consolidationRound(long took) {
        rounds.record(Duration.ofNanos(took));
        lastRound.set(registry.config().clock().wallTime() / 1000);
    }

    @Override
    public void objectDeleted() {
        deleted.increment();
    }

    @Override
    public void barrier(boolean wasProven, long took) {
        (wasProven ? proven : notProven).record(Duration.ofNanos(took));
    }

    private static <K> Counter of(Map<K, Counter> counters, K key) {
        Counter counter = counters.get(key);
        if (counter == null) {
            throw new IllegalStateException("no meter of " + key);
        }
        return counter;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private Counter counter(LogMetric metric, String... tags) {
        return kept(Counter.builder(metric.id)
                .baseUnit(metric.unit)
                .description(metric.description)
                .tag("cluster", cluster)
                .tags(tags)
                .register(registry));
    }

    private Timer histogram(LogMetric metric, String... tags) {
        return kept(Timer.builder(metric.id)
                .description(metric.description)
                .tag("cluster", cluster)
                .tags(tags)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry));
    }

    private DistributionSummary summary(LogMetric metric) {
        return kept(DistributionSummary.builder(metric.id)
                .baseUnit(metric.unit)
                .description(metric.description)
                .tag("cluster", cluster)
                .register(registry));
    }

    private AtomicLong gauge(LogMetric metric) {
        AtomicLong value = new AtomicLong();
        kept(Gauge.builder(metric.id, value, AtomicLong::get)
                .strongReference(true)
                .baseUnit(metric.unit)
                .description(metric.description)
                .tag("cluster", cluster)
                .register(registry));
        return value;
    }

    private <M extends Meter> M kept(M meter) {
        meters.add(meter);
        return meter;
    }
}
