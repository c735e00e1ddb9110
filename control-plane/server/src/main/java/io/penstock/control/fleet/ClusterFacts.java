// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.brokerapi.v1.CheckpointReached;
import io.penstock.brokerapi.v1.ClusterClaimed;
import io.penstock.brokerapi.v1.TopicDropped;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.MetalogDetachedException;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.ShardTable.Tenure;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what brokers find out about clusters into metalog entries: checkpoints in batches, because nobody waits
/// for them, and topics whose DROP is durable in all their shards.
///
/// Reports live in memory only: a lost one costs a longer list of epochs, or a name that stays taken, until the
/// broker says it again.
final class ClusterFacts implements BrokerFacts {
    private static final Logger log = LoggerFactory.getLogger(ClusterFacts.class);

    private record Dropped(String clusterId, Uuid topicId) {}

    private final Metalog metalog;
    private final Map<String, Map<Integer, Integer>> checkpoints = new HashMap<>();
    private final Map<Dropped, Set<Integer>> drops = new HashMap<>();

    ClusterFacts(Metalog metalog) {
        this.metalog = metalog;
    }

    @Override
    public synchronized void checkpoint(CheckpointReached checkpoint) {
        checkpoints
                .computeIfAbsent(checkpoint.getClusterId(), c -> new TreeMap<>())
                .merge(checkpoint.getShard(), checkpoint.getBelowEpoch(), Math::max);
    }

    /// What a broker says is looked up: only the bucket says whose a cluster is.
    @Override
    public void claimed(String brokerId, ClusterClaimed claimed) {
        log.warn(
                "event=broker_saw_claim broker={} cluster={} owner={}",
                brokerId,
                claimed.getClusterId(),
                claimed.getOwner());
        try {
            metalog.prove(claimed.getClusterId());
        } catch (MetalogDetachedException e) {
            log.info("event=claim_confirmed cluster={} cause={}", claimed.getClusterId(), e.getMessage());
        }
    }

    @Override
    public void topicDropped(String brokerId, TopicDropped dropped) {
        var topic = new Dropped(dropped.getClusterId(), Uuid.fromString(dropped.getTopicId()));
        synchronized (this) {
            drops.computeIfAbsent(topic, t -> new HashSet<>()).addAll(dropped.getShardsList());
        }
        freeName(topic);
    }

    private void freeName(Dropped topic) {
        Set<Integer> everywhere;
        synchronized (this) {
            everywhere = Set.copyOf(drops.getOrDefault(topic, Set.of()));
        }
        if (isDropped(metalog.image(topic.clusterId), topic.topicId, everywhere)) {
            metalog.change(
                    topic.clusterId,
                    image -> isDropped(image, topic.topicId, everywhere)
                            ? List.of(MetalogRecords.topicDropped(topic.topicId))
                            : List.of());
        }
        if (!metalog.image(topic.clusterId).dropping().containsKey(topic.topicId)) {
            synchronized (this) {
                drops.remove(topic);
            }
        }
    }

    private static boolean isDropped(ClusterImage image, Uuid topicId, Set<Integer> shards) {
        return image.dropping().containsKey(topicId)
                && image.shardsOf(topicId).stream().allMatch(shard -> shards.contains(shard.number()));
    }

    /// Writes what has come together: checkpoints, one entry per cluster, and names that could not be freed
    /// when their last DROP was reported. Called every few seconds.
    void write() {
        Map<String, Map<Integer, Integer>> due;
        Set<Dropped> dropped;
        synchronized (this) {
            due = Map.copyOf(checkpoints);
            checkpoints.clear();
            dropped = Set.copyOf(drops.keySet());
        }
        for (Dropped topic : dropped) {
            try {
                freeName(topic);
            } catch (RuntimeException e) {
                log.info(
                        "event=name_not_freed cluster={} topic={} cause={}",
                        topic.clusterId,
                        topic.topicId,
                        e.toString());
            }
        }
        due.forEach((clusterId, byShard) -> {
            try {
                metalog.change(clusterId, image -> records(image, byShard));
            } catch (RuntimeException e) {
                // Brokers say it again with their next checkpoint.
                log.info("event=checkpoints_not_written cluster={} cause={}", clusterId, e.toString());
            }
        });
    }

    /// Only what trims something, and never more than the image allows.
    private static List<MetalogRecord> records(ClusterImage image, Map<Integer, Integer> byShard) {
        var records = new ArrayList<MetalogRecord>();
        byShard.forEach((number, below) -> {
            var shard = new ShardId(number);
            List<Tenure> history = image.shards().history(shard);
            if (history.size() > 1
                    && history.getFirst().epoch().number() < below
                    && history.getLast().epoch().number() >= below) {
                records.add(MetalogRecords.checkpoint(shard, new LeaderEpoch(below)));
            }
        });
        return records;
    }
}
