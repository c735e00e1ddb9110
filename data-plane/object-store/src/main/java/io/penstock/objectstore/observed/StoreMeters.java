// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The meters of one store, looked up once.
final class StoreMeters {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private record OfOperation(Timer latency, Counter bytes, Counter errors, Map<String, Counter> requests) {}

    private final MeterRegistry registry;
    private final Map<StoreOperation, OfOperation> meters = new EnumMap<>(StoreOperation.class);

    StoreMeters(MeterRegistry registry) {
        this.registry = registry;
        for (StoreOperation operation : StoreOperation.values()) {
            Tags tags = Tags.of("op", operation.label());
            meters.put(
                    operation,
                    new OfOperation(
                            Timer.builder(StoreMetric.REQUEST.meterName())
                                    .description(StoreMetric.REQUEST.description())
                                    .tags(tags)
                                    .serviceLevelObjectives(BUCKETS)
                                    .register(registry),
                            counter(StoreMetric.BYTES, tags),
                            counter(StoreMetric.ERRORS, tags),
                            new ConcurrentHashMap<>()));
        }
    }

    private Counter counter(StoreMetric metric, Tags tags) {
        return Counter.builder(metric.meterName())
                .description(metric.description())
                .tags(tags)
                .register(registry);
    }

    Clock clock() {
        return registry.config().clock();
    }

    void answered(StoreOperation operation, String code, Duration latency, long bytes, boolean error) {
        OfOperation meter = meters.get(operation);
        if (meter == null) {
            throw new IllegalStateException("no meters of " + operation);
        }
        meter.latency().record(latency);
        meter.requests()
                .computeIfAbsent(
                        code, unseen -> counter(StoreMetric.REQUESTS, Tags.of("op", operation.label(), "code", unseen)))
                .increment();
        if (bytes > 0) {
            meter.bytes().increment((double) bytes);
        }
        if (error) {
            meter.errors().increment();
        }
    }
}
