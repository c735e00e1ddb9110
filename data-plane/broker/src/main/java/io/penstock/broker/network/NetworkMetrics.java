// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What a cluster's connections did, for Prometheus.
final class NetworkMetrics {

    /// Names and meanings; the registry adds units and suffixes.
    enum Metric {
        RECEIVED("penstock.cluster.received", "bytes", "Bytes of requests"),
        SENT("penstock.cluster.sent", "bytes", "Bytes of responses"),
        CONNECTIONS("penstock.cluster.connections", null, "Open connections"),
        CONNECTIONS_REFUSED("penstock.cluster.connections.refused", null, "Connections closed because of a limit"),
        MALFORMED(
                "penstock.cluster.requests.malformed", null, "Connections closed because of bytes that are no request"),
        THROTTLED(
                "penstock.cluster.throttled",
                null,
                "Answers that asked their client to pause; its connection is not read meanwhile"),
        REQUESTS("penstock.cluster.requests", null, "Errors of answered requests, NONE among them"),
        DURATION("penstock.cluster.request.duration", null, "From a request's last byte to its response");

        final String id;
        final @org.jspecify.annotations.Nullable String unit;
        final String description;

        Metric(String id, @org.jspecify.annotations.Nullable String unit, String description) {
            this.id = id;
            this.unit = unit;
            this.description = description;
        }
    }

    private record ApiAndError(ApiKeys api, Errors error) {}

    private final MeterRegistry registry;
    private final String cluster;
    private final Counter received;
    private final Counter sent;
    private final Counter refused;
    private final Counter malformed;
    private final Counter throttled;
    private final Map<ApiAndError, Counter> requests = new ConcurrentHashMap<>();
    private final Map<ApiKeys, Timer> durations = new ConcurrentHashMap<>();

    NetworkMetrics(MeterRegistry registry, String cluster, ConnectionLimits connections) {
        this.registry = registry;
        this.cluster = cluster;
        received = counter(Metric.RECEIVED);
        sent = counter(Metric.SENT);
        refused = counter(Metric.CONNECTIONS_REFUSED);
        malformed = counter(Metric.MALFORMED);
        throttled = counter(Metric.THROTTLED);
        Gauge.builder(Metric.CONNECTIONS.id, connections, ConnectionLimits::count)
                .description(Metric.CONNECTIONS.description)
                .tag("cluster", cluster)
                .register(registry);
    }

    private Counter counter(Metric metric, String... tags) {
        return Counter.builder(metric.id)
                .baseUnit(metric.unit)
                .description(metric.description)
                .tag("cluster", cluster)
                .tags(tags)
                .register(registry);
    }

    void received(int bytes) {
        received.increment(bytes);
    }

    void sent(long bytes) {
        sent.increment((double) bytes);
    }

    void connectionRefused() {
        refused.increment();
    }

    void throttled() {
        throttled.increment();
    }

    void malformed() {
        malformed.increment();
    }

    void answered(ApiKeys api, Map<Errors, Integer> errors, long nanos) {
        errors.forEach((error, count) -> requests.computeIfAbsent(
                        new ApiAndError(api, error),
                        key -> counter(
                                Metric.REQUESTS,
                                "api",
                                key.api().name,
                                "error",
                                key.error().name()))
                .increment(count));
        durations
                .computeIfAbsent(
                        api,
                        key -> Timer.builder(Metric.DURATION.id)
                                .description(Metric.DURATION.description)
                                .tag("cluster", cluster)
                                .tag("api", key.name)
                                .publishPercentileHistogram()
                                .minimumExpectedValue(Duration.ofMillis(1))
                                .maximumExpectedValue(Duration.ofSeconds(30))
                                .register(registry))
                .record(Duration.ofNanos(nanos));
    }
}
