// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.Operation.State;
import io.penstock.api.Phase;
import io.penstock.control.ControlPlaneApplication;
import io.penstock.control.TestDatabase;
import io.penstock.control.access.Caller;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.Requester;
import io.penstock.control.resource.Description;
import io.penstock.control.storage.BucketService;
import io.penstock.control.storage.BucketService.NewBucket;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.TenantLimits;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

class ClusterResumeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path place;

    private final Map<String, Object> settings = new HashMap<>();

    @Test
    void whatAProcessLeftHalfWayIsFinishedByTheNextOne() {
        TestDatabase.register((name, value) -> settings.put(name, value.get()));
        settings.put("penstock.grpc.port", 0);
        settings.put("server.port", 0);
        String made;
        String deleted;
        String operation;
        try (var first = process(NobodyComes.class)) {
            var bucket = bucket(first);
            var tenant = first.getBean(TenantService.class)
                    .create(Caller.SYSTEM, new Description("resumed", Map.of(), false), "", TenantLimits.NONE)
                    .id();
            var clusters = first.getBean(ClusterService.class);
            var cluster = clusters.create(requester(), wish(tenant, bucket, "half-way"));
            made = cluster.id();
            operation = cluster.operationId().orElseThrow();
            deleted = clusters.create(requester(), wish(tenant, bucket, "unwanted"))
                    .id();
            clusters.delete(requester(), deleted, OptionalLong.empty());
            // It has come as far as the fleet that does not answer.
            var operations = first.getBean(OperationService.class);
            while (!"attach_fleet"
                    .equals(operations.find(Caller.SYSTEM, operation).progress().step())) {
                operations.await(Caller.SYSTEM, operation, Duration.ofMillis(100));
            }
        }

        try (var second = process(PaperFleet.StandIns.class)) {
            var ended = second.getBean(OperationService.class).await(Caller.SYSTEM, operation, PATIENCE);

            assertThat(ended.state()).isEqualTo(State.SUCCEEDED);
            assertThat(ended.progress().steps()).allMatch(step -> step.state() == State.SUCCEEDED);
            var cluster = second.getBean(ClusterService.class).find(Caller.SYSTEM, made);
            assertThat(cluster.phase()).isEqualTo(Phase.READY);
            assertThat(second.getBean(Metalog.class).image(made).liveBrokers()).hasSize(3);
            var deletion = second.getBean(Clusters.class).findById(deleted).orElseThrow();
            second.getBean(OperationService.class)
                    .await(Caller.SYSTEM, deletion.operationId().orElseThrow(), PATIENCE);
            assertThat(second.getBean(Clusters.class)
                            .findById(deleted)
                            .orElseThrow()
                            .phase())
                    .isEqualTo(Phase.DELETED);
        }
    }

    private ConfigurableApplicationContext process(Class<?> fleet) {
        return new SpringApplicationBuilder(ControlPlaneApplication.class, fleet)
                .properties(settings)
                .run();
    }

    private String bucket(ConfigurableApplicationContext process) {
        return process.getBean(BucketService.class)
                .create(
                        Caller.SYSTEM,
                        new NewBucket(
                                new Description("resumed", Map.of(), false),
                                Optional.empty(),
                                "file:" + place.resolve("bucket"),
                                Optional.empty()))
                .id();
    }

    private static Requester requester() {
        return new Requester(Caller.SYSTEM, "req_test", "");
    }

    private static NewCluster wish(String tenant, String bucket, String name) {
        return new NewCluster(
                new Description(name, Map.of(), false),
                tenant,
                Optional.empty(),
                Optional.of(bucket),
                ClusterSettings.defaults(name),
                ClientAuthentication.REQUIRED);
    }

    /// A fleet that never serves anything.
    @TestConfiguration(proxyBeanMethods = false)
    static class NobodyComes {
        @Bean
        @Primary
        ClusterHosting nobodyComes() {
            return new ClusterHosting() {
                @Override
                public Optional<String> fleet(Optional<String> wanted) {
                    return Optional.of(PaperFleet.ID);
                }

                @Override
                public CompletableFuture<Void> attach(Cluster cluster, int basePort) {
                    return new CompletableFuture<>();
                }

                @Override
                public void detach(String clusterId) {}

                @Override
                public boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {
                    return false;
                }
            };
        }
    }
}
