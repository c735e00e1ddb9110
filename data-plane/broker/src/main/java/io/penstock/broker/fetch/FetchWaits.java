// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.broker.request.ProgressListener;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which fetches wait for which partitions of one cluster. Thread-safe.
final class FetchWaits implements ProgressListener {
    private final Map<FetchKey, Set<Fetch>> byPartition = new ConcurrentHashMap<>();
    private final Set<Fetch> all = ConcurrentHashMap.newKeySet();

    void add(Fetch fetch) {
        all.add(fetch);
        fetch.places()
                .forEach(place -> byPartition
                        .computeIfAbsent(place.at(), at -> ConcurrentHashMap.newKeySet())
                        .add(fetch));
    }

    void remove(Fetch fetch) {
        all.remove(fetch);
        fetch.places()
                .forEach(place -> byPartition.computeIfPresent(place.at(), (at, waiting) -> {
                    waiting.remove(fetch);
                    return waiting.isEmpty() ? null : waiting;
                }));
    }

    int size() {
        return all.size();
    }

    @Override
    public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
        FetchKey at = new FetchKey("", partition.topicId(), partition.partition());
        Set<Fetch> waiting = byPartition.get(at);
        if (waiting != null) {
            waiting.forEach(fetch -> fetch.progress(at));
        }
    }

    @Override
    public void shardClosed(ShardId shard, LeaderEpoch epoch) {
        all.forEach(fetch -> fetch.places().forEach(place -> {
            if (place.ref().shard().equals(shard)) {
                fetch.progress(place.at());
            }
        }));
    }

    @Override
    public void incarnationFenced() {
        all.forEach(fetch -> fetch.places().forEach(place -> fetch.progress(place.at())));
    }

    @Override
    public void imageChanged(ClusterImage newest) {
        all.forEach(fetch -> fetch.imageChanged(newest));
    }
}
