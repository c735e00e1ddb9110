// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.penstock.api.ProblemCode;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.fleet.FleetService;
import io.penstock.control.problem.ProblemException;
import jakarta.annotation.PreDestroy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.stereotype.Component;

/// Kafka's own clients, connected to clusters.
///
/// They show what the brokers of a cluster show each other, and may hence do everything in it: whoever uses
/// them has
/// asked before whether the caller may.
@Component
public class KafkaClients implements BrokerClients {
    private static final String USER = "__broker";

    private final ClusterService clusters;
    private final FleetService fleets;
    private final KafkaClientSettings settings;
    private final LoadingCache<String, Admin> admins;
    private final LoadingCache<String, Producer<byte[], byte[]>> producers;

    KafkaClients(ClusterService clusters, FleetService fleets, KafkaClientSettings settings) {
        this.clusters = clusters;
        this.fleets = fleets;
        this.settings = settings;
        this.admins = Caffeine.newBuilder()
                .expireAfterAccess(settings.keptFor())
                .maximumSize(settings.mostClients())
                .scheduler(Scheduler.systemScheduler())
                .<String, Admin>removalListener(
                        (_, admin, _) -> Objects.requireNonNull(admin).close(Duration.ZERO))
                .build(clusterId -> Admin.create(common(clusterId)));
        this.producers = Caffeine.newBuilder()
                .expireAfterAccess(settings.keptFor())
                .maximumSize(settings.mostClients())
                .scheduler(Scheduler.systemScheduler())
                .<String, Producer<byte[], byte[]>>removalListener(
                        (_, producer, _) -> Objects.requireNonNull(producer).close(Duration.ofSeconds(1)))
                .build(this::producerOf);
    }

    @Override
    public Admin admin(String clusterId) {
        return Objects.requireNonNull(admins.get(clusterId));
    }

    @Override
    public Producer<byte[], byte[]> producer(String clusterId) {
        return Objects.requireNonNull(producers.get(clusterId));
    }

    private Producer<byte[], byte[]> producerOf(String clusterId) {
        var properties = common(clusterId);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.within().toMillis());
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Math.toIntExact(settings.within().toMillis()));
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.remove(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> consumer(String clusterId, boolean committedOnly) {
        var properties = common(clusterId);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 200);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, committedOnly ? "read_committed" : "read_uncommitted");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> common(String clusterId) {
        var cluster = clusters.serving(clusterId);
        var brokers = clusters.image(cluster).stream()
                .flatMap(image -> image.liveBrokers().values().stream())
                .toList();
        var servers = brokers.stream()
                .map(broker -> broker.host() + ":" + broker.port())
                .collect(Collectors.joining(","));
        var access = fleets.peerAccess(clusterId);
        if (servers.isEmpty() || access.isEmpty()) {
            throw ProblemException.of(
                    ProblemCode.UNAVAILABLE, "No broker serves cluster '" + cluster.name() + "' now.");
        }
        var properties = new HashMap<String, Object>();
        int within = Math.toIntExact(settings.within().toMillis());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "penstock-control-plane");
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, within);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, within / 2);
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
        boolean encrypted = access.get().withinTls();
        if (access.get().openOnLoopback() && brokers.stream().allMatch(broker -> isLoopback(broker.host()))) {
            return properties; // where everybody may enter unknown, so may we
        }
        properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, encrypted ? "SASL_SSL" : "SASL_PLAINTEXT");
        properties.put(SaslConfigs.SASL_MECHANISM, "SCRAM-SHA-512");
        properties.put(
                SaslConfigs.SASL_JAAS_CONFIG,
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + access.get().secret() + "\";");
        var trusted = settings.trustedCertificates();
        if (encrypted && trusted != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, trusted.toString());
        }
        return properties;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return host.equals("localhost");
        }
    }

    @PreDestroy
    void end() {
        admins.invalidateAll();
        producers.invalidateAll();
        admins.cleanUp();
        producers.cleanUp();
    }
}
