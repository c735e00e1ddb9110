// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// A topic as clients are told of it.
///
/// Nothing is replicated by brokers, yet clients and tools expect replicas: the leader is listed first, then
/// other live brokers by node id, cyclically, up to the replication factor that the topic's creator asked for
/// (or as many as there are). All of them are in sync, since any could lead at once.
public final class TopicView {
    private final ClusterImage image;
    private final Uuid topicId;
    private final List<Integer> live;
    private final int replicationFactor;

    public TopicView(ClusterImage image, Uuid topicId) {
        this.image = image;
        this.topicId = topicId;
        live = List.copyOf(image.liveBrokers().keySet());
        replicationFactor = image.replicationFactor(topicId)
                .orElseGet(() -> image.settings()
                        .map(settings -> settings.defaultReplicationFactor())
                        .orElse(1));
    }

    public int partitions() {
        return image.partitions(topicId).orElse(0);
    }

    public Optional<Leader> leader(int partition) {
        return image.leaderOf(topicId, partition);
    }

    /// Node ids, the leader's first.
    public List<Integer> replicas(Optional<Leader> leader) {
        List<Integer> replicas = new ArrayList<>();
        leader.ifPresent(leads -> replicas.add(leads.nodeId()));
        int start = 0;
        while (start < live.size()
                && leader.isPresent()
                && live.get(start) <= leader.get().nodeId()) {
            start++;
        }
        for (int i = 0; i < live.size() && replicas.size() < replicationFactor; i++) {
            int node = live.get((start + i) % live.size());
            if (!replicas.contains(node)) {
                replicas.add(node);
            }
        }
        return replicas;
    }
}
