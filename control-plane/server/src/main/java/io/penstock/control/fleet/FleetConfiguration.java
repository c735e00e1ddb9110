// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import io.penstock.control.lease.Lease;
import io.penstock.control.lease.ReplicaIdentity;
import io.penstock.control.metalog.EntryAudience;
import io.penstock.control.metalog.MetalogService;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.OperationSteps;
import io.penstock.control.operation.Workflow;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.secrets.SecretBox;
import io.penstock.control.storage.BucketService;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// Puts the fleet module together.
@Configuration(proxyBeanMethods = false)
class FleetConfiguration {

    @Bean
    Workflow brokerStart() {
        return BrokerWorkflow.START.workflow();
    }

    @Bean
    Workflow brokerReplacement() {
        return BrokerWorkflow.REPLACE.workflow();
    }

    @Bean
    Workflow brokerDrain() {
        return BrokerWorkflow.DRAIN.workflow();
    }

    @Bean
    BrokerOperations brokerOperations(
            OperationService operations,
            OperationSteps steps,
            ObjectProvider<BrokerRegistry> registry,
            ObjectProvider<MetalogService> metalog,
            JdbcClient jdbc) {
        return new BrokerOperations(
                operations,
                steps,
                registry::getObject,
                clusterId -> metalog.getObject().image(clusterId),
                () -> desired(jdbc));
    }

    @Bean
    Brokers brokerRows(JdbcClient jdbc, TransactionOperations transactions, BrokerOperations journal) {
        return new Brokers(jdbc, transactions, journal);
    }

    @Bean
    BrokerRegistry brokerRegistry(
            Brokers rows,
            JdbcClient jdbc,
            BucketService buckets,
            ObjectProvider<MetalogService> metalog,
            ApplicationEventPublisher events,
            FleetProperties properties,
            Clock clock,
            MeterRegistry meters) {
        var registry = new BrokerRegistry(
                rows,
                new Attachments(jdbc),
                bucketId -> access(buckets, bucketId),
                clusterId -> metalog.getObject().storedEntry(clusterId),
                () -> metalog.getObject().controlPlane(),
                events,
                properties.settings(),
                properties.tls(),
                clock);
        for (BrokerPhase phase : BrokerPhase.values()) {
            if (!phase.isFinal()) {
                Gauge.builder("penstock.brokers", registry, r -> r.inPhase(phase))
                        .description("Brokers by phase")
                        .tag("phase", phase.name())
                        .register(meters);
            }
        }
        return registry;
    }

    private static BucketAccess access(BucketService buckets, String bucketId) {
        String uri = buckets.uri(bucketId);
        return buckets.credentials(bucketId)
                .map(keys -> new BucketAccess(
                        uri,
                        keys.accessKeyId(),
                        keys.secretAccessKey(),
                        keys.sessionToken().orElse("")))
                .orElseGet(() -> BucketAccess.withoutKeys(uri));
    }

    @Bean
    ClusterAttaching clusterAttaching(BrokerRegistry registry, ObjectProvider<MetalogService> metalog) {
        return new ClusterAttaching(registry, clusterId -> metalog.getObject().image(clusterId));
    }

    @Bean
    EntryAudience brokerAudience(BrokerRegistry registry, ClusterAttaching attaching) {
        return new BrokerAudience(registry, attaching);
    }

    @Bean
    BrokerProvisioner brokerProvisioner(BrokerCommand command, ObjectProvider<BrokerEntrance> entrance) {
        List<String> words = command.words();
        return words.isEmpty()
                ? new NoProvisioner()
                : new LocalProcessProvisioner(
                        new LocalProcessSettings(
                                words, () -> entrance.getObject().addresses(), command.dataDirectory()),
                        Executors.newVirtualThreadPerTaskExecutor());
    }

    @Bean
    FleetReconciler fleetReconciler(
            BrokerRegistry registry,
            Brokers rows,
            BrokerOperations operations,
            JdbcClient jdbc,
            BrokerProvisioner provisioner,
            IdGenerator ids,
            FleetProperties properties,
            Clock clock,
            RandomGenerator random) {
        return new FleetReconciler(
                registry,
                rows,
                operations::begin,
                () -> desired(jdbc),
                provisioner,
                () -> ids.next(IdPrefix.BROKER),
                properties.settings(),
                clock,
                random);
    }

    private static Map<String, FleetWish> desired(JdbcClient jdbc) {
        var desired = new HashMap<String, FleetWish>();
        jdbc.sql("select id, desired_brokers, array(select jsonb_array_elements_text(zones)), provisioning from fleets")
                .query(row -> {
                    var zones = (String[]) row.getArray(3).getArray();
                    desired.put(
                            row.getString(1),
                            new FleetWish(row.getInt(2), List.of(zones), Provisioning.valueOf(row.getString(4))));
                });
        return desired;
    }

    @Bean
    ClusterFacts clusterFacts(MetalogService metalog) {
        return new ClusterFacts(metalog);
    }

    @Bean
    BrokerEntrance brokerEntrance(
            Lease lease,
            ReplicaIdentity identity,
            BrokerRegistry registry,
            ClusterFacts facts,
            ObjectProvider<AdminCalls> adminCalls,
            GatewaySettings gateway,
            AuthoritySettings tls,
            ObjectProvider<BrokerAuthority> authority,
            ObjectProvider<BrokerJoining> joining) {
        return new BrokerEntrance(
                lease,
                identity,
                new BrokerControlService(
                        registry, facts, new LateAdminCalls(adminCalls), Optional.ofNullable(joining.getIfAvailable())),
                gateway,
                tls,
                Optional.ofNullable(authority.getIfAvailable()),
                Executors.newVirtualThreadPerTaskExecutor());
    }

    @Bean
    @ConditionalOnProperty("penstock.grpc.tls.port")
    BrokerAuthority brokerAuthority(
            JdbcClient jdbc, SecretBox box, AuthoritySettings settings, Clock clock, RandomGenerator random) {
        return BrokerAuthority.of(AuthorityRows.kept(jdbc, box, clock, random), settings, clock, random);
    }

    @Bean
    @ConditionalOnProperty("penstock.grpc.tls.port")
    BrokerJoining brokerJoining(
            JoinTokens tokens,
            BrokerAuthority authority,
            BrokerRegistry registry,
            Brokers rows,
            JdbcClient jdbc,
            IdGenerator ids,
            Clock clock,
            RandomGenerator random) {
        return new BrokerJoining(
                tokens,
                authority,
                registry,
                rows,
                jdbc,
                () -> ids.next(IdPrefix.BROKER),
                () -> ids.next(IdPrefix.BROKER_MEMBER),
                clock,
                random);
    }

    @Bean
    JoinTokens joinTokens(
            JdbcClient jdbc,
            ObjectProvider<BrokerAuthority> authority,
            IdGenerator ids,
            Clock clock,
            RandomGenerator random) {
        return new JoinTokens(jdbc, () -> Optional.ofNullable(authority.getIfAvailable()), ids, clock, random);
    }

    @Bean
    FleetRuntime fleetRuntime(
            Lease lease,
            MetalogService metalog,
            BrokerRegistry registry,
            FleetReconciler reconciler,
            BrokerOperations operations,
            ClusterFacts facts,
            BrokerEntrance entrance,
            FleetProperties properties) {
        return new FleetRuntime(
                lease,
                metalog,
                registry,
                reconciler,
                operations,
                facts,
                entrance,
                properties,
                Executors.newVirtualThreadPerTaskExecutor());
    }

    /// Whoever carries out admin calls uses clusters, which use fleets: it is looked up at the first call.
    private record LateAdminCalls(ObjectProvider<AdminCalls> calls) implements AdminCalls {
        @Override
        public AdminReply createTopics(CreateTopicsCall call) {
            return calls.getObject().createTopics(call);
        }

        @Override
        public AdminReply createPartitions(CreatePartitionsCall call) {
            return calls.getObject().createPartitions(call);
        }

        @Override
        public AdminReply deleteTopics(DeleteTopicsCall call) {
            return calls.getObject().deleteTopics(call);
        }

        @Override
        public AdminReply alterConfigs(AlterConfigsCall call) {
            return calls.getObject().alterConfigs(call);
        }

        @Override
        public ForwardReply forward(ForwardCall call) {
            return calls.getObject().forward(call);
        }
    }
}
