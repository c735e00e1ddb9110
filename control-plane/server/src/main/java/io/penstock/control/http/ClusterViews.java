// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.ClusterStatus.BrokerShare;
import io.penstock.api.Condition;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.fleet.FleetService;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.ShardId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/// How clusters read: the row says what was wished for, the image says who serves it.
@Component
final class ClusterViews {
    private final ClusterService clusters;
    private final FleetService fleets;

    ClusterViews(ClusterService clusters, FleetService fleets) {
        this.clusters = clusters;
        this.fleets = fleets;
    }

    Resource<ClusterSpec, ClusterStatus> of(Cluster cluster) {
        return Resource.of(
                ClusterController.KIND,
                cluster.id(),
                Requests.metadata(cluster, cluster.tenantId(), "/v1/clusters/" + cluster.id()),
                spec(cluster),
                status(cluster, clusters.image(cluster)));
    }

    static ClusterSpec spec(Cluster cluster) {
        var settings = cluster.settings();
        return new ClusterSpec(
                cluster.fleetId(),
                cluster.bucketId(),
                cluster.prefix().value(),
                settings.shards(),
                settings.latencyProfile().name(),
                settings.autoCreateTopics(),
                settings.defaultPartitions(),
                settings.defaultReplicationFactor(),
                settings.offsetsTopicPartitions(),
                cluster.authentication().name());
    }

    private ClusterStatus status(Cluster cluster, Optional<ClusterImage> image) {
        var brokers = image.map(ClusterViews::shares).orElse(List.of());
        var led = brokers.stream().mapToInt(BrokerShare::shardsLed).sum();
        return new ClusterStatus(
                cluster.phase(),
                List.of(
                        ready(cluster, led),
                        StoreConditions.ofCluster(fleets.storeHealth(cluster.id()), cluster.phaseSince())),
                Long.toString(cluster.version()),
                brokers.stream()
                        .map(broker -> broker.host() + ":" + broker.port())
                        .collect(Collectors.joining(",")),
                cluster.operationId().orElse(null),
                brokers,
                led,
                image.map(ClusterImage::topicCount).orElse(0),
                image.map(ClusterImage::number).orElse(0),
                clusters.restorableUntil(cluster).orElse(null));
    }

    private static List<BrokerShare> shares(ClusterImage image) {
        Map<Integer, Integer> led = new HashMap<>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            image.shards()
                    .leader(new ShardId(shard))
                    .map(Leader::nodeId)
                    .ifPresent(node -> led.merge(node, 1, Integer::sum));
        }
        return image.liveBrokers().values().stream()
                .map(broker -> new BrokerShare(
                        broker.nodeId(),
                        broker.host(),
                        broker.port(),
                        broker.zone().orElse(null),
                        led.getOrDefault(broker.nodeId(), 0)))
                .toList();
    }

    private static Condition ready(Cluster cluster, int led) {
        var shards = cluster.settings().shards();
        var since = cluster.phaseSince();
        return switch (cluster.phase()) {
            case READY, UPDATING, DEGRADED ->
                led == shards
                        ? new Condition(
                                "Ready", Condition.Status.TRUE, "AllShardsLed", "every shard has a leader", since)
                        : new Condition(
                                "Ready",
                                Condition.Status.FALSE,
                                "ShardsWithoutLeader",
                                (shards - led) + " of " + shards + " shards have no leader",
                                since);
            case PENDING, PROVISIONING ->
                new Condition("Ready", Condition.Status.FALSE, "BeingMade", "it is being made", since);
            case FAILED ->
                new Condition(
                        "Ready",
                        Condition.Status.FALSE,
                        "Failed",
                        cluster.failure().orElse("it failed"),
                        since);
            case SUSPENDED, DELETING, DELETED ->
                new Condition("Ready", Condition.Status.FALSE, name(cluster.phase()), "it does not serve", since);
        };
    }

    private static String name(Phase phase) {
        return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(java.util.Locale.ROOT);
    }
}
