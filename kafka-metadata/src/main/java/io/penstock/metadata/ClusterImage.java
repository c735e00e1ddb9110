// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.server.immutable.ImmutableMap;
import org.jspecify.annotations.Nullable;

/// Everything the metalog says up to one entry. Immutable, so any thread may keep one.
///
/// Kafka's own image tells topics, configs, ACLs, credentials and quotas; a table over it tells who leads. The leader
/// fields of Kafka's partitions are placeholders: ask [#leaderOf]. Applying an entry costs what the entry holds plus
/// O(shards + brokers), never O(partitions of the cluster).
public final class ClusterImage {
    /// Before the first entry.
    public static final ClusterImage EMPTY = new ClusterImage(
            0,
            0,
            null,
            KafkaState.EMPTY,
            ShardTable.EMPTY,
            ImmutableMap.empty(),
            ImmutableMap.empty(),
            ImmutableMap.empty(),
            ImmutableMap.empty(),
            TenantLimits.NONE,
            null);

    /// Of a topic that is being dropped, and whose name is not taken by that.
    static final String NAMELESS = "";

    /// A topic that is deleted for good, and whose DROP is not yet known to be durable everywhere.
    ///
    /// @param name that stays taken meanwhile; empty: none
    public record DroppingTopic(String name, int partitions) {}

    private final int number;
    private final long checksum;
    private final @Nullable UUID owner;
    private final KafkaState kafka;
    private final ShardTable shards;
    private final ImmutableMap<Uuid, TopicPlacement> placements;
    private final ImmutableMap<Uuid, Dropping> dropping;
    private final ImmutableMap<String, Credential> credentials;
    private final ImmutableMap<Uuid, DeletedTopic> restorable;
    private final TenantLimits tenantLimits;
    private final @Nullable ClusterSettings settings;

    record Dropping(String name, TopicPlacement placement) {}

    ClusterImage(
            int number,
            long checksum,
            @Nullable UUID owner,
            KafkaState kafka,
            ShardTable shards,
            ImmutableMap<Uuid, TopicPlacement> placements,
            ImmutableMap<Uuid, Dropping> dropping,
            ImmutableMap<String, Credential> credentials,
            ImmutableMap<Uuid, DeletedTopic> restorable,
            TenantLimits tenantLimits,
            @Nullable ClusterSettings settings) {
        this.number = number;
        this.checksum = checksum;
        this.owner = owner;
        this.kafka = kafka;
        this.shards = shards;
        this.placements = placements;
        this.dropping = dropping;
        this.credentials = credentials;
        this.restorable = restorable;
        this.tenantLimits = tenantLimits;
        this.settings = settings;
    }

    /// The entry that this image includes last; 0 before the first.
    public int number() {
        return number;
    }

    /// Checksum of that entry: the next one must name it as its predecessor.
    public long checksum() {
        return checksum;
    }

    /// The control plane whose entries are in force: the writer of the first entry, then of the last CLAIM.
    public Optional<UUID> owner() {
        return Optional.ofNullable(owner);
    }

    /// Empty before the first entry only.
    public Optional<ClusterSettings> settings() {
        return Optional.ofNullable(settings);
    }

    /// What the cluster's tenant may use of the brokers.
    public TenantLimits tenantLimits() {
        return tenantLimits;
    }

    /// Kafka's own image. Its offset is [#number()].
    public MetadataImage kafka() {
        return kafka.image();
    }

    /// Who leads which shard.
    public ShardTable shards() {
        return shards;
    }

    /// The entry that would follow this image.
    public MetalogEntry next(UUID controlPlane, long nonce, long writtenAtMillis, List<MetalogRecord> records) {
        return new MetalogEntry(Math.addExact(number, 1), checksum, controlPlane, nonce, writtenAtMillis, records);
    }

    /// The image after one more entry.
    ///
    /// Never fails for what an entry says: one that must not take effect (written by another control plane after a
    /// CLAIM, or contradicting what is) is void as a whole, and the change tells why. Everybody decides alike.
    /// Whoever composes an entry applies it to its own image first and does not write it if it would be void.
    ///
    /// @throws BrokenChainException if this is not the entry that follows
    public ImageChange apply(EncodedEntry encoded) throws MetadataFormatException {
        MetalogEntry entry = MetalogCodec.decode(encoded);
        return apply(entry, encoded.checksum());
    }

    /// As [#apply(EncodedEntry)], for an entry at hand in decoded form; encodes it to know its checksum.
    public ImageChange apply(MetalogEntry entry) {
        return apply(entry, MetalogCodec.encode(entry).checksum());
    }

    private ImageChange apply(MetalogEntry entry, long entryChecksum) {
        if (entry.number() != number + 1) {
            throw new BrokenChainException("entry " + entry.number() + " does not follow entry " + number);
        }
        if (entry.predecessorChecksum() != checksum) {
            throw new BrokenChainException("entry %d follows %016x, but entry %d is %016x"
                    .formatted(entry.number(), entry.predecessorChecksum(), number, checksum));
        }
        return ImageDraft.apply(this, entry, entryChecksum);
    }

    /// User names that were issued, whether expired or not.
    public Map<String, Credential> credentials() {
        return Collections.unmodifiableMap(credentials);
    }

    // ---- topics

    public Optional<Uuid> topicId(String name) {
        return Optional.ofNullable(kafka.image().topics().getTopic(name)).map(TopicImage::id);
    }

    public Optional<String> topicName(Uuid topicId) {
        return Optional.ofNullable(kafka.image().topics().getTopic(topicId)).map(TopicImage::name);
    }

    /// How many partitions the topic has; empty if there is no such topic.
    public OptionalInt partitions(Uuid topicId) {
        TopicPlacement placement = placements.get(topicId);
        return placement == null ? OptionalInt.empty() : OptionalInt.of(placement.partitions());
    }

    /// What the topic's creator asked for.
    public OptionalInt replicationFactor(Uuid topicId) {
        TopicPlacement placement = placements.get(topicId);
        return placement == null || placement.replicationFactor() == TopicPlacement.NO_REPLICATION_FACTOR
                ? OptionalInt.empty()
                : OptionalInt.of(placement.replicationFactor());
    }

    public int topicCount() {
        return placements.size();
    }

    /// Deleted topics that can be restored.
    public Map<Uuid, DeletedTopic> restorable() {
        return restorable;
    }

    /// Topics that are deleted for good, and not known to be dropped everywhere.
    public Map<Uuid, DroppingTopic> dropping() {
        Map<Uuid, DroppingTopic> all = new HashMap<>();
        dropping.forEach((id, topic) ->
                all.put(id, new DroppingTopic(topic.name(), topic.placement().partitions())));
        return all;
    }

    /// The shards that hold a part of a topic, whether it lives, is deleted or is being dropped; in order.
    public List<ShardId> shardsOf(Uuid topicId) {
        TopicPlacement placement = placementOf(topicId);
        List<ShardId> found = new ArrayList<>();
        if (placement != null) {
            for (int shard = 0; shard < shards.count(); shard++) {
                if (!placement.in(new ShardId(shard)).isEmpty()) {
                    found.add(new ShardId(shard));
                }
            }
        }
        return found;
    }

    private @Nullable TopicPlacement placementOf(Uuid topicId) {
        TopicPlacement living = placements.get(topicId);
        if (living != null) {
            return living;
        }
        DeletedTopic deleted = restorable.get(topicId);
        if (deleted != null) {
            return deleted.placement();
        }
        Dropping dropped = dropping.get(topicId);
        return dropped == null ? null : dropped.placement();
    }

    /// What was set for a topic, a group or a broker by hand; defaults are not in it.
    public Map<String, String> configs(ConfigResource resource) {
        return kafka.image().configs().configMapForResource(resource);
    }

    // ---- partitions, shards, leaders

    /// The shard that a partition belongs to for life; empty if there is no such partition.
    public Optional<ShardId> shardOf(Uuid topicId, int partition) {
        TopicPlacement placement = placements.get(topicId);
        return placement == null || partition < 0 || partition >= placement.partitions()
                ? Optional.empty()
                : Optional.of(placement.shardOf(partition));
    }

    /// Who leads a partition; empty if it does not exist or nobody does.
    public Optional<Leader> leaderOf(Uuid topicId, int partition) {
        return shardOf(topicId, partition).flatMap(shards::leader);
    }

    /// Every partition of a shard. Costs O(topics + partitions found).
    public void forEachPartition(ShardId shard, ObjIntConsumer<Uuid> action) {
        placements.forEach((topicId, placement) -> {
            for (int partition : placement.in(shard)) {
                action.accept(topicId, partition);
            }
        });
    }

    /// Node id → where clients reach it.
    public SortedMap<Integer, Endpoint> liveBrokers() {
        return shards.liveBrokers();
    }

    /// The leader epoch that an assignment in the next entry would have.
    public LeaderEpoch nextEpoch() {
        return new LeaderEpoch(Math.addExact(number, 1));
    }

    KafkaState kafkaState() {
        return kafka;
    }

    ImmutableMap<Uuid, TopicPlacement> placements() {
        return placements;
    }

    ImmutableMap<String, Credential> credentialsByUser() {
        return credentials;
    }

    ImmutableMap<Uuid, Dropping> droppingPlacements() {
        return dropping;
    }

    ImmutableMap<Uuid, DeletedTopic> restorableTopics() {
        return restorable;
    }

    @Nullable
    UUID ownerOrNull() {
        return owner;
    }

    @Nullable
    ClusterSettings settingsOrNull() {
        return settings;
    }

    @Override
    public String toString() {
        return "image at entry " + number + " (" + placements.size() + " topics, " + shards.count() + " shards)";
    }
}
