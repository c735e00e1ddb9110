// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.AccessControlEntryRecord;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.metadata.ConfigRecord;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveAccessControlEntryRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.RemoveUserScramCredentialRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.metadata.UserScramCredentialRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.server.immutable.ImmutableMap;
import org.jspecify.annotations.Nullable;

/// The next image under construction: the rules of what an entry may say, in one place.
///
/// The rules are part of the format: if two brokers judged one entry differently, they would hold different images.
final class ImageDraft {
    private final ClusterImage before;
    private final MetalogEntry entry;
    private final MetadataDelta kafka;
    private final ShardTable.Draft shards;
    private ImmutableMap<Uuid, TopicPlacement> placements;
    private ImmutableMap<Uuid, ClusterImage.Dropping> dropping;
    private ImmutableMap<String, Credential> credentials;
    private ImmutableMap<Uuid, DeletedTopic> restorable;
    private TenantLimits tenantLimits;
    private @Nullable UUID owner;
    private @Nullable ClusterSettings settings;

    private boolean shardsTouched;
    private final SortedSet<ShardId> assigned = new TreeSet<>();
    private final List<Endpoint> announced = new ArrayList<>();
    private final Set<Incarnation> retired = new LinkedHashSet<>();
    private final Set<Uuid> created = new LinkedHashSet<>();
    private final Set<Uuid> grown = new LinkedHashSet<>();
    private final Map<Uuid, String> deleted = new LinkedHashMap<>();
    private final Set<Uuid> dropped = new LinkedHashSet<>();
    private final Set<ConfigResource> configs = new LinkedHashSet<>();
    private final SortedSet<ShardId> checkpointed = new TreeSet<>();
    private final Set<String> takenNames;

    private ImageDraft(ClusterImage before, MetalogEntry entry) {
        this.before = before;
        this.entry = entry;
        this.kafka = new MetadataDelta.Builder().setImage(before.kafka()).build();
        this.shards = before.shards().draft();
        this.placements = before.placements();
        this.dropping = before.droppingPlacements();
        this.credentials = before.credentialsByUser();
        this.restorable = before.restorableTopics();
        this.tenantLimits = before.tenantLimits();
        this.owner = before.ownerOrNull();
        this.settings = before.settingsOrNull();
        this.takenNames = new HashSet<>();
        dropping.values().forEach(topic -> takenNames.add(topic.name()));
        restorable.values().stream().filter(DeletedTopic::nameTaken).forEach(topic -> takenNames.add(topic.name()));
    }

    static ImageChange apply(ClusterImage before, MetalogEntry entry, long checksum) {
        try {
            return new ImageDraft(before, entry).inForce(checksum);
        } catch (RefusedRecordException e) {
            return voided(before, entry, checksum, String.valueOf(e.getMessage()));
        }
    }

    private ImageChange inForce(long checksum) {
        claim();
        for (MetalogRecord record : entry.records()) {
            replay(record);
        }
        for (Uuid topicId : created) {
            if (placements.get(topicId) != null && placements.get(topicId).partitions() == 0) {
                throw new RefusedRecordException("topic " + topicId + " is created without partitions");
            }
        }
        ClusterImage after = new ClusterImage(
                entry.number(),
                checksum,
                owner,
                kafkaState(),
                shardsTouched ? shards.finish() : before.shards(),
                placements,
                dropping,
                credentials,
                restorable,
                tenantLimits,
                settings);
        return change(before, after, kafka, Optional.empty());
    }

    private KafkaState kafkaState() {
        try {
            return before.kafkaState().after(kafka, provenance(entry));
        } catch (RuntimeException e) {
            throw new RefusedRecordException("Kafka's image refuses it: " + e.getMessage());
        }
    }

    private static ImageChange voided(ClusterImage before, MetalogEntry entry, long checksum, String reason) {
        MetadataDelta nothing =
                new MetadataDelta.Builder().setImage(before.kafka()).build();
        ClusterImage after = new ClusterImage(
                entry.number(),
                checksum,
                before.ownerOrNull(),
                before.kafkaState().after(nothing, provenance(entry)),
                before.shards(),
                before.placements(),
                before.droppingPlacements(),
                before.credentialsByUser(),
                before.restorableTopics(),
                before.tenantLimits(),
                before.settingsOrNull());
        return new ImageDraft(before, entry).nothing(after, nothing, reason);
    }

    private ImageChange nothing(ClusterImage after, MetadataDelta delta, String reason) {
        return change(before, after, delta, Optional.of(reason));
    }

    private ImageChange change(
            ClusterImage from, ClusterImage after, MetadataDelta delta, Optional<String> voidReason) {
        return new ImageChange(
                from,
                after,
                delta,
                assigned,
                List.copyOf(announced),
                retired,
                created,
                grown,
                deleted,
                dropped,
                configs,
                checkpointed,
                !Objects.equals(after.settingsOrNull(), from.settingsOrNull()),
                !Objects.equals(after.ownerOrNull(), from.ownerOrNull()),
                voidReason);
    }

    static MetadataProvenance provenance(MetalogEntry entry) {
        return new MetadataProvenance(entry.number(), 0, entry.writtenAtMillis(), true);
    }

    /// Whose entries are in force is decided before anything else in the entry is looked at.
    private void claim() {
        for (MetalogRecord record : entry.records()) {
            if (record instanceof MetalogRecord.Claim(UUID claimant)) {
                if (!claimant.equals(entry.controlPlane())) {
                    throw new RefusedRecordException("a claim can be made for oneself only");
                }
                owner = claimant;
            }
        }
        if (owner == null) {
            owner = entry.controlPlane();
        } else if (!owner.equals(entry.controlPlane())) {
            throw new RefusedRecordException("written by control plane " + entry.controlPlane()
                    + " while the cluster belongs to control plane " + owner);
        }
    }

    private void replay(MetalogRecord record) {
        switch (record) {
            case MetalogRecord.Claim _ -> {} // judged above, before all others
            case MetalogRecord.Kafka(var message) -> replay(message.message());
            case MetalogRecord.SettingsWritten(var written) -> {
                shardsTouched = true;
                shards.shards(written.shards());
                settings = written;
            }
            case MetalogRecord.IncarnationAnnounced(
                    var incarnation,
                    int nodeId,
                    var host,
                    int port,
                    var zone,
                    long brokerEpoch) -> {
                shardsTouched = true;
                Endpoint endpoint = new Endpoint(nodeId, host, port, zone, incarnation, brokerEpoch);
                shards.announce(incarnation, endpoint, entry.number());
                announced.add(endpoint);
            }
            case MetalogRecord.ShardAssigned(var shard, var incarnation) -> {
                shardsTouched = true;
                shards.assign(shard, incarnation, new LeaderEpoch(entry.number()));
                assigned.add(shard);
            }
            case MetalogRecord.IncarnationRetired(var incarnation) -> {
                shardsTouched = true;
                shards.retire(incarnation);
                retired.add(incarnation);
            }
            case MetalogRecord.Checkpoint(var shard, var below) -> {
                shardsTouched = true;
                shards.checkpoint(shard, below);
                checkpointed.add(shard);
            }
            case MetalogRecord.PartitionsPlaced placed -> place(placed);
            case MetalogRecord.ReplicationFactorRemembered(var topicId, int replicationFactor) ->
                placements = placements.updated(topicId, placementOf(topicId).withReplicationFactor(replicationFactor));
            case MetalogRecord.TopicDropped(var topicId) -> drop(topicId);
            case MetalogRecord.CredentialIssued(var credential) -> issue(credential);
            case MetalogRecord.CredentialRevoked(var user) -> {
                if (!credentials.containsKey(user)) {
                    throw new RefusedRecordException("there is no credential '" + user + "'");
                }
                credentials = credentials.removed(user);
            }
            case MetalogRecord.TenantLimited(var limits) -> tenantLimits = limits;
            case MetalogRecord.TopicDeleted(var topicId) -> delete(topicId);
            case MetalogRecord.TopicNameFreed(var topicId) -> freeName(topicId);
            case MetalogRecord.TopicRestored(var topicId) -> restore(topicId);
            case MetalogRecord.TopicPurged(var topicId) -> purge(topicId);
        }
    }

    private void replay(ApiMessage message) {
        switch (message) {
            case TopicRecord topic -> {
                create(topic);
                toKafka(topic);
            }
            case RemoveTopicRecord topic -> {
                remove(topic);
                toKafka(topic);
            }
            case ConfigRecord config -> {
                configs.add(
                        new ConfigResource(ConfigResource.Type.forId(config.resourceType()), config.resourceName()));
                toKafka(config);
            }
            case FeatureLevelRecord other -> toKafka(other);
            case AccessControlEntryRecord other -> toKafka(other);
            case RemoveAccessControlEntryRecord other -> toKafka(other);
            case UserScramCredentialRecord other -> toKafka(other);
            case RemoveUserScramCredentialRecord other -> toKafka(other);
            case ClientQuotaRecord other -> toKafka(other);
            default ->
                throw new RefusedRecordException(
                        message.getClass().getSimpleName() + " has no meaning in a metalog entry");
        }
    }

    private void toKafka(ApiMessage message) {
        try {
            kafka.replay(message);
        } catch (RuntimeException e) {
            throw new RefusedRecordException("Kafka's image refuses " + message + ": " + e.getMessage());
        }
    }

    private void create(TopicRecord topic) {
        if (settings == null) {
            throw new RefusedRecordException("a topic before the cluster's settings");
        }
        if (placements.get(topic.topicId()) != null
                || dropping.get(topic.topicId()) != null
                || restorable.get(topic.topicId()) != null) {
            throw new RefusedRecordException("topic id " + topic.topicId() + " was used before");
        }
        takeName(topic.name());
        placements = placements.updated(topic.topicId(), TopicPlacement.empty(settings.shards()));
        created.add(topic.topicId());
    }

    private void takeName(String name) {
        boolean exists = before.kafka().topics().getTopic(name) != null && !deleted.containsValue(name);
        if (exists || !takenNames.add(name)) {
            throw new RefusedRecordException("topic name '" + name + "' is taken");
        }
    }

    private void remove(RemoveTopicRecord record) {
        TopicPlacement placement = placementOf(record.topicId());
        String name = leave(record.topicId());
        dropping = dropping.updated(record.topicId(), new ClusterImage.Dropping(name, placement));
    }

    /// The topic is no longer among the living, and its name is taken all the same.
    private String leave(Uuid topicId) {
        if (created.contains(topicId)) {
            throw new RefusedRecordException("topic " + topicId + " is created and deleted in one entry");
        }
        String name =
                before.topicName(topicId).orElseThrow(() -> new RefusedRecordException("there is no topic " + topicId));
        placements = placements.removed(topicId);
        takenNames.add(name);
        deleted.put(topicId, name);
        return name;
    }

    private void delete(Uuid topicId) {
        TopicPlacement placement = placementOf(topicId);
        String name = leave(topicId);
        Map<String, String> set = before.configs(new ConfigResource(ConfigResource.Type.TOPIC, name));
        restorable = restorable.updated(
                topicId,
                new DeletedTopic(name, placement, new TreeMap<>(set), entry.number(), entry.writtenAtMillis(), true));
        toKafka(new RemoveTopicRecord().setTopicId(topicId));
    }

    private void freeName(Uuid topicId) {
        DeletedTopic topic = restorable(topicId);
        if (!topic.nameTaken() || deleted.containsKey(topicId)) {
            throw new RefusedRecordException("the name of deleted topic " + topicId + " cannot be freed");
        }
        restorable = restorable.updated(topicId, topic.withNameFree());
        takenNames.remove(topic.name());
        dropped.add(topicId);
    }

    private void restore(Uuid topicId) {
        DeletedTopic topic = restorable(topicId);
        if (deleted.containsKey(topicId)) {
            throw new RefusedRecordException("topic " + topicId + " is deleted and restored in one entry");
        }
        if (topic.nameTaken()) {
            takenNames.remove(topic.name());
        }
        takeName(topic.name());
        restorable = restorable.removed(topicId);
        placements = placements.updated(topicId, topic.placement());
        created.add(topicId);
        toKafka(new TopicRecord().setName(topic.name()).setTopicId(topicId));
        for (int partition = 0; partition < topic.placement().partitions(); partition++) {
            toKafka(placeholder(topicId, partition));
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        topic.configs()
                .forEach((key, value) -> toKafka(new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(key)
                        .setValue(value)));
        if (!topic.configs().isEmpty()) {
            configs.add(resource);
        }
    }

    private void purge(Uuid topicId) {
        DeletedTopic topic = restorable(topicId);
        if (topic.nameTaken()) {
            throw new RefusedRecordException("topic " + topicId + " is purged while its name is taken");
        }
        restorable = restorable.removed(topicId);
        dropping = dropping.updated(topicId, new ClusterImage.Dropping(ClusterImage.NAMELESS, topic.placement()));
        dropped.add(topicId);
    }

    private DeletedTopic restorable(Uuid topicId) {
        DeletedTopic topic = restorable.get(topicId);
        if (topic == null) {
            throw new RefusedRecordException("there is no deleted topic " + topicId);
        }
        return topic;
    }

    /// A user name never changes hands: ACLs of one principal would open the door to another's secret.
    private void issue(Credential credential) {
        Credential known = credentials.get(credential.user());
        if (known != null && !known.principal().equals(credential.principal())) {
            throw new RefusedRecordException(
                    "user '" + credential.user() + "' stands for principal '" + known.principal() + "'");
        }
        credentials = credentials.updated(credential.user(), credential);
    }

    private void drop(Uuid topicId) {
        ClusterImage.Dropping topic = dropping.get(topicId);
        if (topic == null) {
            throw new RefusedRecordException("topic " + topicId + " is not being dropped");
        }
        dropping = dropping.removed(topicId);
        takenNames.remove(topic.name());
        dropped.add(topicId);
    }

    private void place(MetalogRecord.PartitionsPlaced placed) {
        TopicPlacement placement = placementOf(placed.topicId());
        if (placement.partitions() != placed.firstPartition()) {
            throw new RefusedRecordException("topic " + placed.topicId() + " has " + placement.partitions()
                    + " partitions, so the next is not " + placed.firstPartition());
        }
        if (placed.firstPartition() + placed.count() > ClusterSettings.MAX_PARTITIONS_OF_A_TOPIC) {
            throw new RefusedRecordException(
                    "a topic has at most " + ClusterSettings.MAX_PARTITIONS_OF_A_TOPIC + " partitions");
        }
        if (placed.firstShard().number() >= placement.shards()) {
            throw new RefusedRecordException("there is no shard " + placed.firstShard());
        }
        placements = placements.updated(placed.topicId(), placement.grown(placed.count(), placed.firstShard()));
        if (!created.contains(placed.topicId())) {
            grown.add(placed.topicId());
        }
        for (int i = 0; i < placed.count(); i++) {
            toKafka(placeholder(placed.topicId(), placed.firstPartition() + i));
        }
    }

    private TopicPlacement placementOf(Uuid topicId) {
        TopicPlacement placement = placements.get(topicId);
        if (placement == null) {
            throw new RefusedRecordException("there is no topic " + topicId);
        }
        return placement;
    }

    /// Kafka's image needs a partition to have replicas and a leader. These say nothing: who leads is in the shard
    /// table.
    static PartitionRecord placeholder(Uuid topicId, int partition) {
        return new PartitionRecord()
                .setTopicId(topicId)
                .setPartitionId(partition)
                .setReplicas(PLACEHOLDER_REPLICAS)
                .setIsr(PLACEHOLDER_REPLICAS)
                .setDirectories(PLACEHOLDER_DIRECTORIES)
                .setLeader(PLACEHOLDER_NODE)
                .setLeaderEpoch(0)
                .setPartitionEpoch(0);
    }

    private static final int PLACEHOLDER_NODE = 0;
    private static final List<Integer> PLACEHOLDER_REPLICAS = List.of(PLACEHOLDER_NODE);
    private static final List<Uuid> PLACEHOLDER_DIRECTORIES = List.of(Uuid.ZERO_UUID);
}
