// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.penstock.api.Phase;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfig;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.AlterConfigsResource;
import io.penstock.brokerapi.v1.BrokerControlGrpc;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.brokerapi.v1.PurgePrefix;
import io.penstock.control.TestDatabase;
import io.penstock.control.access.Caller;
import io.penstock.control.cluster.ClientAuthentication;
import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.cluster.NewCluster;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.operation.Requester;
import io.penstock.control.resource.Description;
import io.penstock.control.storage.BucketService;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.TenantLimits;
import io.penstock.objectstore.layout.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The whole application on PostgreSQL and a file store; only the brokers have no logs.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ControlPlaneIT {
    private static final Path FOLDER = folder();
    private static final Requester REQUESTER = new Requester(Caller.SYSTEM, "req_test", "");

    @TestConfiguration
    static class Brokers0 {
        @Bean
        @Primary
        FakeProvisioner fakeProvisioner() {
            return new FakeProvisioner();
        }
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
        registry.add("penstock.bootstrap.api-key-file", () -> FOLDER.resolve("api-key"));
        registry.add("penstock.secrets-key-file", () -> FOLDER.resolve("secrets-key"));
        registry.add("penstock.kafka.base-port", () -> 29092);
        registry.add("penstock.clusters.undo-window", () -> "0s");
        registry.add("penstock.clusters.purge-interval", () -> "PT1S");
    }

    @Autowired
    private TenantService tenants;

    @Autowired
    private BucketService buckets;

    @Autowired
    private FleetService fleets;

    @Autowired
    private ClusterService clusters;

    @Autowired
    private Metalog metalog;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private BrokerEntrance entrance;

    @Autowired
    private FakeProvisioner provisioner;

    private final ScheduledExecutorService hearts = Executors.newSingleThreadScheduledExecutor();
    private String bucket = "";
    private String fleet = "";
    private String cluster = "";

    @BeforeEach
    void aFleetServesACluster() throws IOException {
        hearts.scheduleWithFixedDelay(
                () -> provisioner.brokers().forEach(FakeBroker::heartbeat), 100, 100, TimeUnit.MILLISECONDS);
        var tenant = tenants.create(Caller.SYSTEM, named("shop"), "", TenantLimits.NONE);
        bucket = buckets.create(
                        Caller.SYSTEM,
                        new BucketService.NewBucket(
                                named("here"),
                                Optional.empty(),
                                "file:" + Files.createDirectories(FOLDER.resolve("bucket")),
                                Optional.empty()))
                .id();
        provisioner.serve(Integer.parseInt(entrance.addresses().split(":", -1)[1]), buckets.store(bucket));
        fleet = fleets.create(Caller.SYSTEM, named("local"), 3).id();
        Cluster made = clusters.create(
                REQUESTER,
                new NewCluster(
                        named("orders"),
                        tenant.id(),
                        Optional.of(fleet),
                        Optional.of(bucket),
                        ClusterSettings.defaults("orders"),
                        ClientAuthentication.REQUIRED));
        cluster = made.id();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> clusters.find(Caller.SYSTEM, cluster).phase() == Phase.READY);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> provisioner.brokers().size() == 3
                        && provisioner.brokers().stream()
                                .allMatch(b ->
                                        b.serves(cluster) && !b.led(cluster).isEmpty()));
    }

    @AfterEach
    void endBrokers() {
        hearts.shutdownNow();
        provisioner.all().forEach(FakeBroker::die);
    }

    @Test
    void fromAnEmptyDatabaseToAFailover() {
        assertThat(fleets.brokers(Caller.SYSTEM, fleet))
                .hasSize(3)
                .allMatch(broker -> broker.phase() == BrokerPhase.SERVING && broker.connected())
                .extracting(BrokerView::nodeId)
                .containsExactly(0, 1, 2);
        FakeBroker any = provisioner.brokers().iterator().next();
        var channel = NettyChannelBuilder.forTarget(entrance.addresses())
                .usePlaintext()
                .build();
        try {
            administers(channel, any);
        } finally {
            channel.shutdownNow();
        }

        FakeBroker victim = provisioner.brokers().stream()
                .filter(broker -> broker.nodeId() == 1)
                .findFirst()
                .orElseThrow();
        Incarnation dead = victim.incarnation(cluster);
        provisioner.die(victim);

        await().until(() -> metalog.image(cluster).shards().ledBy(dead).isEmpty());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> fleets.brokers(Caller.SYSTEM, fleet).stream()
                                .filter(broker -> broker.shardsLed() > 0)
                                .count()
                        == 3);

        clusters.delete(REQUESTER, cluster, OptionalLong.empty());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> provisioner.brokers().stream()
                                .flatMap(broker -> broker.purged.stream())
                                .map(PurgePrefix::getClusterId)
                                .toList()
                                .equals(List.of(cluster))
                        && purgedObjects() == 7);
        assertThatThrownBy(() -> metalog.image(cluster)).isInstanceOf(IllegalArgumentException.class);
    }

    private long purgedObjects() {
        return jdbc.sql("select coalesce(max(objects), 0) from cluster_purges where purged_at is not null")
                .query(Long.class)
                .single();
    }

    private void administers(ManagedChannel channel, FakeBroker broker) {
        var anonymous = BrokerControlGrpc.newBlockingStub(channel);
        var createOrders = CreateTopicsCall.newBuilder()
                .setClusterId(cluster)
                .addTopics(
                        NewTopic.newBuilder().setName("orders").setPartitions(6).setReplicationFactor(-1))
                .build();
        assertThatThrownBy(() -> anonymous.createTopics(createOrders))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAUTHENTICATED");

        var headers = new Metadata();
        headers.put(Metadata.Key.of("penstock-session", Metadata.ASCII_STRING_MARSHALLER), broker.sessionToken());
        var stub = anonymous.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        AdminReply created = stub.createTopics(createOrders);
        assertThat(created.getResults(0).getError()).isEqualTo("NONE");
        assertThat(created.getResults(0).getPartitions()).isEqualTo(6);
        assertThat(broker.applied(cluster))
                .as("who asked finds the change applied")
                .isGreaterThanOrEqualTo(created.getResults(0).getEntry());

        assertThat(stub.createTopics(createOrders).getResults(0).getError()).isEqualTo("TOPIC_ALREADY_EXISTS");
        assertThat(stub.createPartitions(CreatePartitionsCall.newBuilder()
                                .setClusterId(cluster)
                                .putTotalCountByTopic("orders", 9)
                                .build())
                        .getResults(0)
                        .getPartitions())
                .isEqualTo(9);
        AdminReply altered = stub.alterConfigs(AlterConfigsCall.newBuilder()
                .setClusterId(cluster)
                .addResources(AlterConfigsResource.newBuilder()
                        .setType("TOPIC")
                        .setName("orders")
                        .addChanges(AlterConfig.newBuilder()
                                .setOperation("SET")
                                .setName("retention.ms")
                                .setValue("60000")))
                .build());
        assertThat(altered.getResults(0).getError()).isEqualTo("NONE");
        String unknownId = org.apache.kafka.common.Uuid.randomUuid().toString();
        AdminReply deleted = stub.deleteTopics(DeleteTopicsCall.newBuilder()
                .setClusterId(cluster)
                .addNames("orders")
                .addTopicIds(unknownId)
                .build());
        assertThat(deleted.getResultsList())
                .anyMatch(result ->
                        result.getName().equals("orders") && result.getError().equals("NONE"))
                .anyMatch(result -> result.getTopicId().equals(unknownId)
                        && result.getError().equals("UNKNOWN_TOPIC_ID"));
    }

    private static Description named(String name) {
        return new Description(name, Map.of(), false);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("penstock-test-control");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
