// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.usage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.brokerapi.v1.UsageCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// What a cluster has used on this broker since the broker serves it: requests to the store, and what went
/// through its
/// topics as the metrics know it.
public final class UsageCounts {
    private static final long EVERY_MILLIS = 10_000;

    /// Meters, and what they are called in the report.
    private static final Map<String, String> OF_TOPICS = Map.of(
            "penstock.topic.received", "topic.received.bytes",
            "penstock.topic.received.records", "topic.received.records",
            "penstock.topic.sent", "topic.sent.bytes",
            "penstock.topic.sent.records", "topic.sent.records");

    private final String cluster;
    private final CountedStore store;
    private final MeterRegistry registry;
    private final LongSupplier wallMillis;
    private long toldAt;

    /// @param cluster its id, with which its meters are tagged
    public UsageCounts(String cluster, CountedStore store, MeterRegistry registry, LongSupplier wallMillis) {
        this.cluster = cluster;
        this.store = store;
        this.registry = registry;
        this.wallMillis = wallMillis;
    }

    /// All counts, every ten seconds; empty in between. One caller at a time.
    public List<UsageCount> due() {
        long now = wallMillis.getAsLong();
        if (now - toldAt < EVERY_MILLIS) {
            return List.of();
        }
        toldAt = now;
        return counts();
    }

    private List<UsageCount> counts() {
        var counts = new ArrayList<UsageCount>();
        store.counts().forEach((measure, value) -> counts.add(count(measure, "", value)));
        OF_TOPICS.forEach((meter, measure) -> meters(meter).forEach(counter -> {
            var topic = counter.getId().getTag("topic");
            counts.add(count(measure, topic == null ? "" : topic, Math.round(counter.count())));
        }));
        return counts;
    }

    private Stream<Counter> meters(String name) {
        return registry.find(name).tag("cluster", cluster).counters().stream();
    }

    private static UsageCount count(String measure, String topic, long value) {
        return UsageCount.newBuilder()
                .setMeasure(measure)
                .setTopic(topic)
                .setValue(value)
                .build();
    }
}
