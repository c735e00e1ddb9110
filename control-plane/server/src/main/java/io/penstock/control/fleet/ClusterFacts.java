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
/// for them, and deleted topics that all their leaders have said what is due of.
///
/// Reports live in memory only: a lost one costs a longer list of epochs, or a name that stays taken, until the
/// broker says it again.
final class ClusterFacts implements BrokerFacts {
    private static final Logger log = LoggerFactory.getLogger(ClusterFacts.class);

    private static final int FOR_GOOD = 0;

    /// @param deletion the entry that deleted a topic that can be restored; [#FOR_GOOD] if it cannot
    private record Dropped(String clusterId, Uuid topicId, int deletion) {}

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
        var topicId = Uuid.fromString(dropped.getTopicId());
        int deletion = FOR_GOOD;
        if (dropped.getRestorable()) {
            var deleted = metalog.image(dropped.getClusterId()).restorable().get(topicId);
            if (deleted == null || dropped.getAppliedEntry() < deleted.deletedEntry()) {
                return; // said of an earlier deletion, which was taken back or became final
            }
            deletion = deleted.deletedEntry();
        }
        var topic = new Dropped(dropped.getClusterId(), topicId, deletion);
        synchronized (this) {
            drops.computeIfAbsent(topic, t -> new HashSet<>()).addAll(dropped.getShardsList());
        }
        wentOn(topic);
    }

    private void wentOn(Dropped topic) {
        Set<Integer> everywhere;
        synchronized (this) {
            everywhere = Set.copyOf(drops.getOrDefault(topic, Set.of()));
        }
        if (!step(metalog.image(topic.clusterId), topic, everywhere).isEmpty()) {
            metalog.change(topic.clusterId, image -> step(image, topic, everywhere));
        }
        if (!isAwaited(metalog.image(topic.clusterId), topic)) {
            synchronized (this) {
                drops.remove(topic);
            }
        }
    }

    /// Once every shard of the topic was heard of: its name is free, or nothing is left of it.
    private static List<MetalogRecord> step(ClusterImage image, Dropped topic, Set<Integer> shards) {
        if (!isAwaited(image, topic)
                || !image.shardsOf(topic.topicId).stream().allMatch(shard -> shards.contains(shard.number()))) {
            return List.of();
        }
        return List.of(
                topic.deletion == FOR_GOOD
                        ? MetalogRecords.topicDropped(topic.topicId)
                        : MetalogRecords.freeName(topic.topicId));
    }

    private static boolean isAwaited(ClusterImage image, Dropped topic) {
        if (topic.deletion == FOR_GOOD) {
            return image.dropping().containsKey(topic.topicId);
        }
        var deleted = image.restorable().get(topic.topicId);
        return deleted != null && deleted.nameTaken() && deleted.deletedEntry() == topic.deletion;
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
                wentOn(topic);
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
