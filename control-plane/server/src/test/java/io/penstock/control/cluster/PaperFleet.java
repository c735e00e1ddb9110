// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.metalog.Metalog;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// Three brokers that exist on paper only: they are announced and lead, and nobody listens on their ports.
public final class PaperFleet implements ClusterHosting {
    public static final String ID = "flt_00000000000000000000000000";

    private final Metalog metalog;
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    PaperFleet(Metalog metalog) {
        this.metalog = metalog;
    }

    /// Clusters whose names start so are never attached: brokers that do not come.
    public static final String NEVER = "never";

    @Override
    public Optional<String> fleet(Optional<String> wanted) {
        return wanted.isEmpty() || wanted.get().equals(ID) ? Optional.of(ID) : Optional.empty();
    }

    @Override
    public CompletableFuture<Void> attach(Cluster cluster, int basePort) {
        if (cluster.name().startsWith(NEVER)) {
            return new CompletableFuture<>();
        }
        if (!held.add(cluster.id())) {
            return CompletableFuture.completedFuture(null);
        }
        return metalog.change(cluster.id(), image -> {
                    var records = new ArrayList<MetalogRecord>();
                    var assignments = new TreeMap<ShardId, Incarnation>();
                    var incarnations = new ArrayList<Incarnation>();
                    for (int node = 0; node < 3; node++) {
                        var incarnation = new Incarnation(cluster.id().hashCode(), node + 1L);
                        incarnations.add(incarnation);
                        records.add(MetalogRecords.announce(new Endpoint(
                                node, "127.0.0.1", basePort + node, Optional.empty(), incarnation, node + 1L)));
                    }
                    for (int shard = 0; shard < image.shards().count(); shard++) {
                        assignments.put(new ShardId(shard), incarnations.get(shard % 3));
                    }
                    records.addAll(MetalogRecords.assignShards(assignments));
                    return records;
                })
                .stored();
    }

    @Override
    public void detach(String clusterId) {
        held.remove(clusterId);
    }

    @Override
    public boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {
        return false;
    }

    /// Puts the paper fleet in the place of the real ones; the metalog and the bucket are real.
    @TestConfiguration(proxyBeanMethods = false)
    public static class StandIns {
        @Bean
        @Primary
        ClusterHosting paperFleet(Metalog metalog) {
            return new PaperFleet(metalog);
        }
    }
}
