// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.simulation.store.StoreObserver;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// Reads every manifest at the instant the store takes it: where partitions begin is durable there, too.
public final class ManifestTruth implements StoreObserver {
    private final Judge judge;
    private final Map<ShardId, ShardManifest> newest = new HashMap<>();

    public ManifestTruth(Judge judge) {
        this.judge = judge;
    }

    @Override
    public void stored(ObjectKey key, ByteBuffer bytes) {
        String[] parts = key.value().split("/", -1);
        if (parts.length != 4 || !parts[2].equals("shard")) {
            return;
        }
        ShardId shard = new ShardId(Integer.parseInt(parts[3]));
        ShardManifest manifest = ShardManifest.decode(shard, bytes);
        ShardManifest before = newest.put(shard, manifest);
        manifest.partitions().forEach((id, partition) -> judge.logStartDurable(id, partition.logStartOffset()));
        if (before != null) {
            before.partitions().forEach((id, partition) -> {
                // A deleted topic's partitions leave the manifest some day.
                if (!before.dropped().containsKey(id.topicId())) {
                    requireNotBelow(shard, id, partition, manifest);
                }
            });
        }
    }

    private void requireNotBelow(
            ShardId shard, TopicPartitionId id, ShardManifest.Partition before, ShardManifest manifest) {
        ShardManifest.Partition now = manifest.partitions().get(id);
        if (now == null ? before.logStartOffset() > 0 : now.logStartOffset() < before.logStartOffset()) {
            judge.violated(
                    Invariant.LOG_START_NEVER_RETREATS,
                    "version %d of the manifest of shard %s lets %s begin at %s; before it was %d",
                    manifest.version(),
                    shard,
                    id,
                    now == null ? "0" : Long.toString(now.logStartOffset()),
                    before.logStartOffset());
        }
    }

    @Override
    public void deleted(ObjectKey key) {
        // Manifests stay for ever.
    }
}
