// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.quotas;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.broker.authentication.PeerCredential;
import io.penstock.broker.request.Reply;
import io.penstock.kafka.quotas.ClientQuotas;
import io.penstock.kafka.quotas.Mutations;
import io.penstock.metadata.ClusterImage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestContext;

/// What one cluster's clients, and its tenant with all its clusters, may use of this broker.
///
/// Answers leave at once and say how long their client has to pause (`throttle_time_ms`); its connection is
/// not read meanwhile (KIP-219). Brokers among themselves are not counted. Images come from one thread; the
/// rest may be called from any.
public final class ClusterQuotas implements AutoCloseable {
    /// Which limit it was that asks for a pause.
    private enum Limit {
        NONE,
        PRODUCE,
        FETCH,
        REQUEST,
        CONTROLLER_MUTATION,
        TENANT_PRODUCE,
        TENANT_FETCH,
        CONNECTIONS,
        TENANT_CONNECTIONS
    }

    /// From these versions on clients know that a change can be refused for now (KIP-599).
    private static final Map<ApiKeys, Integer> STRICT_SINCE =
            Map.of(ApiKeys.CREATE_TOPICS, 6, ApiKeys.CREATE_PARTITIONS, 3, ApiKeys.DELETE_TOPICS, 5);

    /// Brokers ask each other in these.
    private static final short ADD_PARTITIONS_OF_BROKERS = 4;

    private final String clusterId;
    private final int nodeId;
    private final ClientQuotas clients;
    private final TenantBudgets budgets;
    private final TenantBudget tenant;
    private final MeterRegistry registry;
    private final Map<Limit, Timer> pauses = new EnumMap<>(Limit.class);

    /// @param nodeId this broker's in the cluster
    public ClusterQuotas(String clusterId, String tenantId, int nodeId, TenantBudgets budgets, MeterRegistry registry) {
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        this.budgets = budgets;
        this.registry = registry;
        clients = new ClientQuotas(clusterId);
        tenant = budgets.of(tenantId);
        for (Limit limit : Limit.values()) {
            if (limit != Limit.NONE) {
                pauses.put(
                        limit,
                        Timer.builder("penstock.cluster.throttle")
                                .description("Pauses that were asked for because of a quota or a tenant's limit")
                                .tag("cluster", clusterId)
                                .tag("quota", limit.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }
    }

    /// Quotas and limits are those of this image from now on.
    public void imageChanged(ClusterImage image) {
        clients.imageChanged(image.kafka().clientQuotas());
        tenant.imageChanged(clusterId, image, nodeId);
    }

    /// Counts an answered request.
    ///
    /// @param workedNanos that it took on the broker's threads, waiting left out
    /// @return the reply, with the longest of the pauses that somebody asks for
    public Reply answered(RequestContext context, Reply reply, int requestBytes, long workedNanos, long nowMillis) {
        if (isOfBrokers(context)) {
            return reply;
        }
        ApiKeys api = context.header.apiKey();
        Pause pause = Pause.NONE.or(Limit.REQUEST, clients.worked(context, workedNanos, nowMillis));
        if (api == ApiKeys.PRODUCE) {
            pause = pause.or(Limit.PRODUCE, clients.produced(context, requestBytes, nowMillis))
                    .or(Limit.TENANT_PRODUCE, tenant.produce().spend(requestBytes, nowMillis));
        } else if (api == ApiKeys.FETCH && reply instanceof Reply.Answer(FetchResponse response)) {
            double bytes = recordBytes(response);
            pause = pause.or(Limit.FETCH, clients.fetched(context, bytes, nowMillis))
                    .or(Limit.TENANT_FETCH, tenant.fetch().spend(bytes, nowMillis));
        }
        return switch (reply) {
            case Reply.Answer(AbstractResponse response) -> {
                if (STRICT_SINCE.containsKey(api)) {
                    pause = pause.or(Limit.CONTROLLER_MUTATION, response.throttleTimeMs());
                }
                if (pause.millis() > response.throttleTimeMs()) {
                    response.maybeSetThrottleTimeMs(pause.millis());
                }
                paused(pause);
                yield reply;
            }
            case Reply.Silence silence -> {
                paused(pause);
                yield new Reply.Silence(Math.max(pause.millis(), silence.throttleMillis()));
            }
            case Reply.Hangup hangup -> hangup;
        };
    }

    private static double recordBytes(FetchResponse response) {
        return response.data().responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToDouble(FetchResponse::recordsSize)
                .sum();
    }

    private static boolean isOfBrokers(RequestContext context) {
        return context.principal.equals(PeerCredential.PRINCIPAL)
                || context.header.apiKey() == ApiKeys.WRITE_TXN_MARKERS
                || (context.header.apiKey() == ApiKeys.ADD_PARTITIONS_TO_TXN
                        && context.apiVersion() >= ADD_PARTITIONS_OF_BROKERS);
    }

    /// @param asked how much a client would take at once
    /// @return no more than that, and no more than its limits allow within the time that they look at
    public int fetchBytes(RequestContext context, int asked) {
        return isOfBrokers(context)
                ? asked
                : (int) Math.min(
                        asked,
                        Math.min(clients.fetchWindow(context), tenant.fetch().window()));
    }

    /// What this request may change of the cluster's topics. Its answer says how long to pause
    /// ([Mutations#pauseMillis]).
    public Mutations mutations(RequestContext context) {
        return clients.mutations(context, Objects.requireNonNull(STRICT_SINCE.get(context.header.apiKey())));
    }

    /// Counts a new connection.
    public Admission connected(InetAddress address, long nowMillis) {
        int out = clients.connected(address, nowMillis);
        if (out > 0) {
            paused(new Pause(out, Limit.CONNECTIONS));
            return new Admission.Out(out, "too many connections a second from " + address.getHostAddress());
        }
        int after = tenant.connections().spend(1, nowMillis);
        paused(new Pause(after, Limit.TENANT_CONNECTIONS));
        return new Admission.In(after);
    }

    private void paused(Pause pause) {
        Timer timer = pauses.get(pause.limit());
        if (timer != null && pause.millis() > 0) {
            timer.record(Duration.ofMillis(pause.millis()));
        }
    }

    @Override
    public void close() {
        clients.close();
        budgets.release(tenant, clusterId);
        pauses.values().forEach(timer -> registry.remove((Meter) timer));
    }

    /// @param limit who asks for it
    private record Pause(int millis, Limit limit) {
        static final Pause NONE = new Pause(0, Limit.NONE);

        /// The longer one.
        Pause or(Limit other, int otherMillis) {
            return otherMillis > millis ? new Pause(otherMillis, other) : this;
        }
    }
}
