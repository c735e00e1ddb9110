// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.telemetry;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;
import org.apache.kafka.common.requests.PushTelemetryRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.ConfigurationsImage;
import org.apache.kafka.server.ClientMetricsManager;
import org.apache.kafka.server.metrics.ClientTelemetryExporterPlugin;
import org.apache.kafka.server.telemetry.ClientTelemetryExporter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the clients of one cluster are asked to measure, and what they say; by Kafka's own manager of client
/// metrics.
///
/// Costs nothing before the first client asks. Images come from one thread; the rest may be called from any.
public final class ClientTelemetry implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClientTelemetry.class);

    /// The most that one push may hold, unpacked (Kafka's `telemetry.max.bytes`).
    private static final int MAX_BYTES = 1 << 20;

    private final TelemetrySink sink;
    private final Map<String, Map<String, String>> subscriptions = new HashMap<>();
    /// A connection speaks for one client: names that nobody used before cannot be made up without end.
    private final Map<String, Uuid> instances = new ConcurrentHashMap<>();
    private @Nullable Open open;

    private record Open(ClientMetricsManager manager, Metrics metrics) {}

    /// @param sink gets what clients say
    public ClientTelemetry(TelemetrySink sink) {
        this.sink = sink;
    }

    /// Subscriptions are those of this image from now on.
    public synchronized void imageChanged(ConfigurationsImage configs) {
        Map<String, Map<String, String>> wanted = new HashMap<>();
        configs.resourceData().forEach((resource, settings) -> {
            if (resource.type() == ConfigResource.Type.CLIENT_METRICS) {
                wanted.put(resource.name(), Map.copyOf(settings.data()));
            }
        });
        subscriptions.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .toList()
                .forEach(name -> {
                    subscriptions.remove(name);
                    tell(name, Map.of());
                });
        wanted.forEach((name, settings) -> {
            if (!settings.equals(subscriptions.put(name, settings))) {
                tell(name, settings);
            }
        });
    }

    private void tell(String name, Map<String, String> settings) {
        if (open != null) {
            tell(open.manager(), name, settings);
        }
    }

    private static void tell(ClientMetricsManager manager, String name, Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        try {
            manager.updateSubscription(name, properties);
        } catch (RuntimeException e) {
            log.warn("subscription {} to client metrics has no effect: {}", name, e.toString());
        }
    }

    private synchronized ClientMetricsManager manager() {
        if (open == null) {
            ClientTelemetryExporterPlugin exporters = new ClientTelemetryExporterPlugin();
            exporters.add((ClientTelemetryExporter) (context, payload) -> sink.received(
                    new TelemetrySink.Client(
                            payload.clientInstanceId(),
                            Optional.ofNullable(((RequestContext) context.authorizableRequestContext()).clientId())
                                    .orElse("")),
                    Measurements.of(payload.data()),
                    payload.isTerminating()));
            Metrics metrics = new Metrics();
            ClientMetricsManager manager = new ClientMetricsManager(exporters, MAX_BYTES, Time.SYSTEM, metrics);
            subscriptions.forEach((name, settings) -> tell(manager, name, settings));
            open = new Open(manager, metrics);
        }
        return open.manager();
    }

    /// What the client is to measure, and how often it is to say so.
    public AbstractResponse subscriptions(GetTelemetrySubscriptionsRequest request, RequestContext context) {
        Uuid known = instances.get(context.connectionId());
        Uuid asked = request.data().clientInstanceId();
        if (known != null && asked.equals(Uuid.ZERO_UUID)) {
            request.data().setClientInstanceId(known);
        } else if (!isOf(context, asked)) {
            return request.getErrorResponse(0, Errors.INVALID_REQUEST.exception());
        }
        var response = manager().processGetTelemetrySubscriptionRequest(request, context);
        if (response.data().errorCode() == Errors.NONE.code()) {
            instances.putIfAbsent(context.connectionId(), response.data().clientInstanceId());
        }
        return response;
    }

    /// What the client has measured.
    public AbstractResponse pushed(PushTelemetryRequest request, RequestContext context) {
        Uuid instance = request.data().clientInstanceId();
        if (!isOf(context, instance)) {
            return request.getErrorResponse(0, Errors.INVALID_REQUEST.exception());
        }
        if (!Uuid.RESERVED.contains(instance)) {
            instances.putIfAbsent(context.connectionId(), instance);
        }
        return manager().processPushTelemetryRequest(request, context);
    }

    private boolean isOf(RequestContext context, Uuid instance) {
        Uuid known = instances.get(context.connectionId());
        return known == null || known.equals(instance);
    }

    /// The connection has ended, and with it what its client said.
    public void disconnected(String connectionId) {
        Uuid instance = instances.remove(connectionId);
        if (instance != null) {
            manager().connectionDisconnectListener().onDisconnect(connectionId);
            sink.gone(instance);
        }
    }

    @Override
    public synchronized void close() {
        if (open != null) {
            try {
                open.manager().close();
            } catch (Exception e) {
                log.warn("client metrics were not closed: {}", e.toString());
            }
            open.metrics().close();
        }
    }
}
