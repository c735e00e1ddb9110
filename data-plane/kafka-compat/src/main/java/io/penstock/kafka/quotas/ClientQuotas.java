// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.quotas;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.metrics.QuotaViolationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Sanitizer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.ClientQuotasImage;
import org.apache.kafka.network.Session;
import org.apache.kafka.server.config.ClientQuotaManagerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.quota.ClientQuotaEntity.ConfigEntity;
import org.apache.kafka.server.quota.ClientQuotaManager;
import org.apache.kafka.server.quota.ControllerMutationQuotaManager;
import org.apache.kafka.server.quota.QuotaType;
import org.apache.kafka.server.quota.QuotaUtils;
import org.jspecify.annotations.Nullable;

/// What the clients of one cluster used of this broker, by Kafka's own accounting: bytes produced and
/// fetched, time on its threads and changes of topics per user and client id; new connections per address.
///
/// Costs nothing as long as the cluster has no quotas. Images come from one thread; the rest may be called
/// from any.
public final class ClientQuotas implements AutoCloseable {
    private static final Map<String, QuotaType> TYPES = Map.of(
            QuotaConfig.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG, QuotaType.PRODUCE,
            QuotaConfig.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG, QuotaType.FETCH,
            QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG, QuotaType.REQUEST,
            QuotaConfig.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG, QuotaType.CONTROLLER_MUTATION);
    private static final ClientQuotaManagerConfig WINDOWS = new ClientQuotaManagerConfig();
    private static final long WINDOW_MILLIS = WINDOWS.quotaWindowSizeSeconds() * 1000L;
    private static final double PERCENT_OF_A_SECOND = 100.0 / 1e9;

    private static final String CONNECTIONS = "connections";

    /// Accounts are forgotten after so long without use, as in Kafka.
    private static final long IDLE_SECONDS = 3600;

    /// Client ids are the clients' own to choose: beyond so many measurements, new ones share one account.
    private static final int MANY_MEASUREMENTS = 50_000;

    private final String cluster;
    private Map<ClientQuotaEntity, Map<String, Double>> applied = Map.of();
    private volatile @Nullable Accounts accounts;

    public ClientQuotas(String cluster) {
        this.cluster = cluster;
    }

    /// Quotas are those of this image from now on.
    public void imageChanged(ClientQuotasImage image) {
        Map<ClientQuotaEntity, Map<String, Double>> wanted = new HashMap<>();
        image.entities().forEach((entity, quotas) -> wanted.put(entity, quotas.quotas()));
        if (wanted.equals(applied)) {
            return;
        }
        Accounts present = accounts;
        if (present == null) {
            present = new Accounts(cluster);
        }
        Set<ClientQuotaEntity> entities = new HashSet<>(applied.keySet());
        entities.addAll(wanted.keySet());
        for (ClientQuotaEntity entity : entities) {
            Map<String, Double> before = applied.getOrDefault(entity, Map.of());
            Map<String, Double> after = wanted.getOrDefault(entity, Map.of());
            Set<String> keys = new TreeSet<>(before.keySet());
            keys.addAll(after.keySet());
            for (String key : keys) {
                if (!Objects.equals(before.get(key), after.get(key))) {
                    present.set(entity, key, Optional.ofNullable(after.get(key)));
                }
            }
        }
        applied = wanted;
        accounts = present;
    }

    /// Counts bytes of a produce request.
    ///
    /// @return how long the connection has to pause, in milliseconds; 0: not at all. So for all that is counted
    public int produced(RequestContext context, double bytes, long nowMillis) {
        return spent(QuotaType.PRODUCE, context, bytes, nowMillis);
    }

    /// Counts bytes of batches in an answer.
    public int fetched(RequestContext context, double bytes, long nowMillis) {
        return spent(QuotaType.FETCH, context, bytes, nowMillis);
    }

    /// Counts time on the broker's threads, waiting left out.
    public int worked(RequestContext context, long nanos, long nowMillis) {
        return spent(QuotaType.REQUEST, context, nanos * PERCENT_OF_A_SECOND, nowMillis);
    }

    private int spent(QuotaType type, RequestContext context, double amount, long nowMillis) {
        Accounts present = accounts;
        return present == null ? 0 : present.spent(type, context, amount, nowMillis);
    }

    /// The most bytes that one answer to a fetch may hold, so that a quota is not exceeded for long.
    public double fetchWindow(RequestContext context) {
        Accounts present = accounts;
        return present == null
                ? Double.MAX_VALUE
                : present.of(QuotaType.FETCH).maxValueInQuotaWindow(session(context), present.client(context));
    }

    /// @param strictSince requests of this version or a later one are refused what is beyond their quota;
    ///     others pause
    public Mutations mutations(RequestContext context, int strictSince) {
        Accounts present = accounts;
        return present == null ? Mutations.UNLIMITED : present.mutations(context, strictSince);
    }

    /// Counts a new connection.
    ///
    /// @return 0: let it in; else it is one too many from this address, and to be closed after so many
    ///     milliseconds, so that its client does not come again at once (KIP-612)
    public int connected(InetAddress address, long nowMillis) {
        Accounts present = accounts;
        return present == null ? 0 : present.connected(address, nowMillis);
    }

    @Override
    public void close() {
        Accounts present = accounts;
        if (present != null) {
            present.close();
        }
    }

    private static Session session(RequestContext context) {
        return new Session(context.principal, context.clientAddress);
    }

    /// Made with the first quota, since Kafka's accounting has threads of its own.
    private static final class Accounts {
        private record Client(KafkaPrincipal principal, String id) {}

        private final Metrics metrics = new Metrics(new MetricConfig(), List.of(), Time.SYSTEM, true);
        private final Map<QuotaType, ClientQuotaManager> managers = new EnumMap<>(QuotaType.class);
        private final ControllerMutationQuotaManager mutations;
        private final Set<Client> clients = ConcurrentHashMap.newKeySet();
        private final Map<Optional<InetAddress>, Double> connections = new ConcurrentHashMap<>();

        private Accounts(String cluster) {
            mutations = new ControllerMutationQuotaManager(WINDOWS, metrics, Time.SYSTEM, cluster, Optional.empty());
            managers.put(QuotaType.CONTROLLER_MUTATION, mutations);
            managers.put(QuotaType.REQUEST, new RequestTime(metrics, cluster));
            for (QuotaType type : List.of(QuotaType.PRODUCE, QuotaType.FETCH)) {
                managers.put(type, new ClientQuotaManager(WINDOWS, metrics, type, Time.SYSTEM, cluster));
            }
        }

        private ClientQuotaManager of(QuotaType type) {
            return Objects.requireNonNull(managers.get(type));
        }

        void set(ClientQuotaEntity entity, String key, Optional<Double> value) {
            Map<String, String> names = entity.entries();
            QuotaType type = TYPES.get(key);
            if (names.containsKey(ClientQuotaEntity.IP)) {
                setConnections(
                        Optional.ofNullable(names.get(ClientQuotaEntity.IP)).map(InetAddress::ofLiteral), value);
            } else if (type != null) {
                of(type).updateQuota(
                                names.containsKey(ClientQuotaEntity.USER)
                                        ? Optional.of(user(names.get(ClientQuotaEntity.USER)))
                                        : Optional.empty(),
                                names.containsKey(ClientQuotaEntity.CLIENT_ID)
                                        ? Optional.of(client(names.get(ClientQuotaEntity.CLIENT_ID)))
                                        : Optional.empty(),
                                value.map(Quota::upperBound));
            }
        }

        private static ConfigEntity user(@Nullable String name) {
            return name == null
                    ? ClientQuotaManager.DEFAULT_USER_ENTITY
                    : new ClientQuotaManager.UserEntity(Sanitizer.sanitize(name));
        }

        private static ConfigEntity client(@Nullable String id) {
            return id == null ? ClientQuotaManager.DEFAULT_USER_CLIENT_ID : new ClientQuotaManager.ClientIdEntity(id);
        }

        /// The client's id, or none if so many were seen that this one cannot have an account of its own.
        String client(RequestContext context) {
            String id = context.clientId() == null ? "" : context.clientId();
            Client client = new Client(context.principal, id);
            if (clients.contains(client)) {
                return id;
            }
            if (metrics.metrics().size() >= MANY_MEASUREMENTS) {
                return "";
            }
            if (clients.size() >= MANY_MEASUREMENTS) {
                clients.clear(); // most of their accounts were forgotten
            }
            clients.add(client);
            return id;
        }

        int spent(QuotaType type, RequestContext context, double amount, long nowMillis) {
            ClientQuotaManager manager = of(type);
            return manager.quotasEnabled()
                    ? manager.maybeRecordAndGetThrottleTimeMs(session(context), client(context), amount, nowMillis)
                    : 0;
        }

        Mutations mutations(RequestContext context, int strictSince) {
            return new Mutations(
                    context.apiVersion() >= strictSince
                            ? mutations.newStrictQuotaFor(session(context), client(context))
                            : mutations.newPermissiveQuotaFor(session(context), client(context)));
        }

        // ---- connections, as Kafka's SocketServer counts them

        private void setConnections(Optional<InetAddress> address, Optional<Double> perSecond) {
            perSecond.ifPresentOrElse(rate -> connections.put(address, rate), () -> connections.remove(address));
            metrics.metrics().forEach((name, metric) -> {
                if (name.group().equals(CONNECTIONS)) {
                    connectionRate(InetAddress.ofLiteral(name.tags().get("ip")))
                            .ifPresent(rate -> metric.config(atMost(rate)));
                }
            });
        }

        /// The address's own, or the one for addresses that have none.
        private Optional<Double> connectionRate(InetAddress address) {
            return Optional.ofNullable(connections.get(Optional.of(address)))
                    .or(() -> Optional.ofNullable(connections.get(Optional.<InetAddress>empty())));
        }

        int connected(InetAddress address, long nowMillis) {
            Optional<Double> rate = connectionRate(address);
            if (rate.isEmpty()) {
                return 0;
            }
            Sensor sensor = sensor(address, rate.get());
            try {
                sensor.record(1, nowMillis, true);
                return 0;
            } catch (QuotaViolationException e) {
                sensor.record(-1, nowMillis, false); // it is not let in
                return (int) Math.max(1, QuotaUtils.boundedThrottleTime(e, WINDOW_MILLIS, nowMillis));
            }
        }

        private Sensor sensor(InetAddress address, double perSecond) {
            String text = address.getHostAddress();
            Sensor known = metrics.getSensor(CONNECTIONS + text);
            if (known != null) {
                return known;
            }
            Sensor sensor = metrics.sensor(CONNECTIONS + text, atMost(perSecond), IDLE_SECONDS);
            sensor.add(metrics.metricName("rate", CONNECTIONS, Map.of("ip", text)), new Rate());
            return sensor;
        }

        private static MetricConfig atMost(double perSecond) {
            return RateBudget.windows().quota(Quota.upperBound(perSecond));
        }

        void close() {
            managers.values().forEach(ClientQuotaManager::shutdown);
            metrics.close();
        }
    }

    /// As Kafka's own: a request that took long is paid for within one window.
    private static final class RequestTime extends ClientQuotaManager {
        private RequestTime(Metrics metrics, String cluster) {
            super(WINDOWS, metrics, QuotaType.REQUEST, Time.SYSTEM, cluster);
        }

        @Override
        protected long throttleTime(QuotaViolationException violation, long nowMillis) {
            return QuotaUtils.boundedThrottleTime(violation, WINDOW_MILLIS, nowMillis);
        }
    }
}
