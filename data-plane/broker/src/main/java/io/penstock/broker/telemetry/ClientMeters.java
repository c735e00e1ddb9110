// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.kafka.telemetry.Measurement;
import io.penstock.kafka.telemetry.TelemetrySink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.common.Uuid;

/// The last values of what the clients of one cluster measured: `penstock_client_metric`. Clients choose what
/// they send, so their number is bounded; what is beyond is counted and left out. What a client counted since
/// its last push is added up. May be used from any thread.
public final class ClientMeters implements TelemetrySink, AutoCloseable {
    private static final String NAME = "penstock.client.metric";
    static final int MOST_OF_ONE = 500;
    static final int MOST = 20_000;
    private static final int LONGEST_TEXT = 200;

    private record Series(String name, SortedMap<String, String> attributes) {}

    private static final class Value {
        private double now;

        synchronized void take(Measurement measurement) {
            now = measurement.sinceLast() ? now + measurement.value() : measurement.value();
        }

        synchronized double now() {
            return now;
        }
    }

    private record Shown(Value value, Gauge gauge) {}

    private final MeterRegistry registry;
    private final String cluster;
    private final Counter leftOut;
    private final Map<Uuid, Map<Series, Shown>> clients = new HashMap<>();
    private int shown;

    public ClientMeters(MeterRegistry registry, String cluster) {
        this.registry = registry;
        this.cluster = cluster;
        leftOut = Counter.builder(NAME + ".left.out")
                .description("Measurements of clients that were one too many")
                .tag("cluster", cluster)
                .register(registry);
    }

    @Override
    public synchronized void received(Client client, List<Measurement> measurements, boolean last) {
        if (last) {
            gone(client.instance());
            return;
        }
        Map<Series, Shown> known = clients.computeIfAbsent(client.instance(), instance -> new HashMap<>());
        for (Measurement measurement : measurements) {
            Series series = new Series(measurement.name(), measurement.attributes());
            Shown present = known.get(series);
            if (present == null) {
                if (known.size() >= MOST_OF_ONE || shown >= MOST) {
                    leftOut.increment();
                    continue;
                }
                present = show(client, series);
                known.put(series, present);
                shown++;
            }
            present.value().take(measurement);
        }
    }

    private Shown show(Client client, Series series) {
        Value value = new Value();
        Gauge gauge = Gauge.builder(NAME, value, Value::now)
                .description("What clients measure of themselves (KIP-714): last values")
                .tag("cluster", cluster)
                .tag("client_id", shortened(client.clientId()))
                .tag("client_instance", client.instance().toString())
                .tag("metric", shortened(series.name()))
                .tag("attributes", shortened(series.attributes().toString()))
                .register(registry);
        return new Shown(value, gauge);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }

    @Override
    public synchronized void gone(Uuid instance) {
        Map<Series, Shown> known = clients.remove(instance);
        if (known != null) {
            known.values().forEach(series -> registry.remove(series.gauge()));
            shown -= known.size();
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(clients.keySet()).forEach(this::gone);
        registry.remove(leftOut);
    }
}
