// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.quotas;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.metrics.QuotaViolationException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Sanitizer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.ClientQuotasImage;
import org.apache.kafka.network.Session;
import org.apache.kafka.server.config.ClientQuotaManagerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.quota.ClientQuotaEntity.ConfigEntity;
import org.apache.kafka.server.quota.ClientQuotaManager;
import org.apache.kafka.server.quota.QuotaType;
import org.apache.kafka.server.quota.QuotaUtils;
import org.jspecify.annotations.Nullable;

/// What the clients of one cluster used of this broker, by Kafka's own accounting: bytes produced and fetched, and time
/// on its threads, per user and client id.
///
/// Costs nothing as long as the cluster has no quotas. Images come from one thread; answers are counted from any.
public final class ClientQuotas implements AutoCloseable {
    private static final Map<String, QuotaType> TYPES = Map.of(
            QuotaConfig.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG, QuotaType.PRODUCE,
            QuotaConfig.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG, QuotaType.FETCH,
            QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG, QuotaType.REQUEST);
    private static final double PERCENT_OF_A_SECOND = 100.0 / 1e9;

    private final String cluster;
    private final Map<ClientQuotaEntity, Map<String, Double>> applied = new HashMap<>();
    private volatile @Nullable Accounts accounts;

    public ClientQuotas(String cluster) {
        this.cluster = cluster;
    }

    /// Quotas are those of this image from now on.
    public void imageChanged(ClientQuotasImage image) {
        Accounts present = accounts;
        if (present == null) {
            if (image.isEmpty()) {
                return;
            }
            present = new Accounts(cluster);
            accounts = present;
        }
        Map<ClientQuotaEntity, Map<String, Double>> wanted = new HashMap<>();
        image.entities().forEach((entity, quotas) -> wanted.put(entity, quotas.quotas()));
        Map<ClientQuotaEntity, Map<String, Double>> all = new HashMap<>(applied);
        all.putAll(wanted);
        for (ClientQuotaEntity entity : all.keySet()) {
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
        applied.clear();
        applied.putAll(wanted);
    }

    /// Counts an answered request.
    ///
    /// @param requestBytes its size
    /// @param workedNanos that it took on the broker's threads, waiting left out
    /// @return how long its connection has to pause, in milliseconds; 0: not at all
    public int answered(
            RequestContext context,
            int requestBytes,
            Optional<AbstractResponse> response,
            long workedNanos,
            long nowMillis) {
        Accounts present = accounts;
        return present == null ? 0 : present.answered(context, requestBytes, response, workedNanos, nowMillis);
    }

    @Override
    public void close() {
        Accounts present = accounts;
        if (present != null) {
            present.close();
        }
    }

    /// Made with the first quota, since Kafka's accounting has threads of its own.
    private static final class Accounts {
        private final Metrics metrics = new Metrics(new MetricConfig(), List.of(), Time.SYSTEM, true);
        private final Map<QuotaType, ClientQuotaManager> managers = new EnumMap<>(QuotaType.class);

        private Accounts(String cluster) {
            ClientQuotaManagerConfig config = new ClientQuotaManagerConfig();
            for (QuotaType type : TYPES.values()) {
                managers.put(
                        type,
                        type == QuotaType.REQUEST
                                ? new RequestTime(config, metrics, cluster)
                                : new ClientQuotaManager(config, metrics, type, Time.SYSTEM, cluster));
            }
        }

        private ClientQuotaManager of(QuotaType type) {
            return Objects.requireNonNull(managers.get(type));
        }

        void set(ClientQuotaEntity entity, String key, Optional<Double> value) {
            QuotaType type = TYPES.get(key);
            if (type == null) {
                return; // kept for whoever serves it
            }
            Map<String, String> names = entity.entries();
            of(type)
                    .updateQuota(
                            names.containsKey(ClientQuotaEntity.USER)
                                    ? Optional.of(user(names.get(ClientQuotaEntity.USER)))
                                    : Optional.empty(),
                            names.containsKey(ClientQuotaEntity.CLIENT_ID)
                                    ? Optional.of(client(names.get(ClientQuotaEntity.CLIENT_ID)))
                                    : Optional.empty(),
                            value.map(Quota::upperBound));
        }

        private static ConfigEntity user(@Nullable String name) {
            return name == null
                    ? ClientQuotaManager.DEFAULT_USER_ENTITY
                    : new ClientQuotaManager.UserEntity(Sanitizer.sanitize(name));
        }

        private static ConfigEntity client(@Nullable String id) {
            return id == null
                    ? ClientQuotaManager.DEFAULT_USER_CLIENT_ID
                    : new ClientQuotaManager.ClientIdEntity(id);
        }

        int answered(
                RequestContext context,
                int requestBytes,
                Optional<AbstractResponse> response,
                long workedNanos,
                long nowMillis) {
            Session session = new Session(context.principal, context.clientAddress);
            String client = context.clientId() == null ? "" : context.clientId();
            ApiKeys api = context.header.apiKey();
            int pause = of(QuotaType.REQUEST)
                    .maybeRecordAndGetThrottleTimeMs(session, client, workedNanos * PERCENT_OF_A_SECOND, nowMillis);
            if (api == ApiKeys.PRODUCE) {
                pause = Math.max(
                        pause,
                        of(QuotaType.PRODUCE)
                                .maybeRecordAndGetThrottleTimeMs(session, client, requestBytes, nowMillis));
            } else if (api == ApiKeys.FETCH && response.isPresent()) {
                pause = Math.max(
                        pause,
                        of(QuotaType.FETCH)
                                .maybeRecordAndGetThrottleTimeMs(
                                        session, client, (double) recordBytes((FetchResponse) response.get()), nowMillis));
            }
            return pause;
        }

        private static long recordBytes(FetchResponse response) {
            return response.data().responses().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .mapToLong(FetchResponse::recordsSize)
                    .sum();
        }

        void close() {
            managers.values().forEach(ClientQuotaManager::shutdown);
            metrics.close();
        }
    }

    /// As Kafka's own: a request that took long is paid for within one window.
    private static final class RequestTime extends ClientQuotaManager {
        private final long windowMillis;

        private RequestTime(ClientQuotaManagerConfig config, Metrics metrics, String cluster) {
            super(config, metrics, QuotaType.REQUEST, Time.SYSTEM, cluster);
            windowMillis = config.quotaWindowSizeSeconds() * 1000L;
        }

        @Override
        protected long throttleTime(QuotaViolationException violation, long nowMillis) {
            return QuotaUtils.boundedThrottleTime(violation, windowMillis, nowMillis);
        }
    }
}
