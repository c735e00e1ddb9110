// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.image.MetadataDelta;

/// What one step did to the cluster image. A step is one entry, or the first image of a follower (everything is new
/// then).
///
/// @param kafka the same step in Kafka's words, for Kafka's own libraries
/// @param shardsAssigned whose leader epoch is now `after.number()` (for a first image: all that have a leader)
/// @param topicsGrown topics that got partitions without being new
/// @param topicsCreated that did not live before, and those that were restored
/// @param topicsDeleted id and former name
/// @param topicsDropped deleted topics that went a step on: their names are free, or they were purged, or nothing is
///     left of them; `after` says which
/// @param checkpointed shards whose list of earlier epochs was trimmed
/// @param voidReason why the entry changed nothing but the number; empty if it is in force
public record ImageChange(
        ClusterImage before,
        ClusterImage after,
        MetadataDelta kafka,
        SortedSet<ShardId> shardsAssigned,
        List<Endpoint> announced,
        Set<Incarnation> retired,
        Set<Uuid> topicsCreated,
        Set<Uuid> topicsGrown,
        Map<Uuid, String> topicsDeleted,
        Set<Uuid> topicsDropped,
        Set<ConfigResource> configsChanged,
        SortedSet<ShardId> checkpointed,
        boolean settingsChanged,
        boolean ownerChanged,
        Optional<String> voidReason) {

    /// A follower's first image: all that is in it is new.
    static ImageChange first(ClusterImage image, MetadataDelta sinceNothing) {
        SortedSet<ShardId> led = new TreeSet<>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            ShardId id = new ShardId(shard);
            if (image.shards().current(id).isPresent()) {
                led.add(id);
            }
        }
        Set<Incarnation> retired = new LinkedHashSet<>();
        image.shards().incarnations().forEach((incarnation, announced) -> {
            if (announced.retired()) {
                retired.add(incarnation);
            }
        });
        Map<Uuid, String> deleted = new LinkedHashMap<>();
        image.dropping().forEach((id, topic) -> deleted.put(id, topic.name()));
        image.restorable().forEach((id, topic) -> deleted.put(id, topic.name()));
        return new ImageChange(
                ClusterImage.EMPTY,
                image,
                sinceNothing,
                led,
                List.copyOf(image.liveBrokers().values()),
                retired,
                Set.copyOf(image.placements().keySet()),
                Set.of(),
                deleted,
                Set.of(),
                Set.copyOf(image.kafka().configs().resourceData().keySet()),
                new TreeSet<>(),
                image.settings().isPresent(),
                image.owner().isPresent(),
                Optional.empty());
    }

    public boolean isVoid() {
        return voidReason.isPresent();
    }
}
