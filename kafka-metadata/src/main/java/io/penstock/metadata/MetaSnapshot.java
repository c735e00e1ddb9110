// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.writer.ImageWriterOptions;
import org.apache.kafka.image.writer.RecordListWriter;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.immutable.ImmutableMap;
import org.jspecify.annotations.Nullable;

/// An image as an object: only speeds replay, so a damaged or missing one costs time and nothing else.
///
/// The same image always has the same bytes. Partitions are kept as placements, so the size is O(topics + shards).
///
/// @param sinceNothing how Kafka's image came to be from an empty one, for Kafka's own libraries
record MetaSnapshot(ClusterImage image, MetadataDelta sinceNothing) {
    /// `PSMS`: Penstock metadata snapshot.
    static final int MAGIC = 0x50534d53;

    static final int VERSION = 2;

    /// Without deleted topics that can be restored. Still written where there are none, so that processes of then read
    /// it.
    private static final int WITHOUT_RESTORABLE = 1;

    static MetaSnapshot empty() {
        return new MetaSnapshot(
                ClusterImage.EMPTY,
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build());
    }

    static byte[] encode(ClusterImage image) {
        MetadataProvenance provenance = image.kafka().provenance();
        ByteSink header =
                new ByteSink().i32(image.number()).i64(image.checksum()).i64(provenance.lastContainedLogTimeMs());
        ByteSink body = new ByteSink();
        UUID owner = image.ownerOrNull();
        body.bool(owner != null);
        if (owner != null) {
            body.uuid(owner);
        }
        RecordCodec.write(body, records(image));
        image.shards().write(body);
        TreeMap<Uuid, TopicPlacement> placements = new TreeMap<>(image.placements());
        body.i32(placements.size());
        placements.forEach((id, placement) -> placement.write(body.topicId(id)));
        TreeMap<Uuid, ClusterImage.Dropping> dropping = new TreeMap<>(image.droppingPlacements());
        body.i32(dropping.size());
        dropping.forEach((id, topic) -> topic.placement().write(body.topicId(id).text(topic.name())));
        TreeMap<Uuid, DeletedTopic> restorable = new TreeMap<>(image.restorableTopics());
        if (restorable.isEmpty()) {
            return Frame.write(MAGIC, WITHOUT_RESTORABLE, header, body);
        }
        body.i32(restorable.size());
        restorable.forEach((id, topic) -> topic.write(body.topicId(id)));
        return Frame.write(MAGIC, VERSION, header, body);
    }

    /// Settings first, then Kafka's records without partitions, then credentials and limits, in an order that
    /// does not depend on hash codes.
    private static List<MetalogRecord> records(ClusterImage image) {
        List<MetalogRecord> records = new ArrayList<>();
        ClusterSettings settings = image.settingsOrNull();
        if (settings != null) {
            records.add(new MetalogRecord.SettingsWritten(settings));
        }
        RecordListWriter written = new RecordListWriter();
        if (!image.kafka().isEmpty()) {
            image.kafka().write(written, new ImageWriterOptions.Builder(image.kafka()).build());
        }
        written.records().stream()
                .filter(record -> record.message().apiKey() != MetadataRecordType.PARTITION_RECORD.id())
                .sorted(Comparator.comparing(MetaSnapshot::isOther).thenComparing(RecordCodec::kafkaBytes))
                .forEach(record -> records.add(new MetalogRecord.Kafka(record)));
        new TreeMap<>(image.credentialsByUser())
                .values()
                .forEach(credential -> records.add(new MetalogRecord.CredentialIssued(credential)));
        if (!image.tenantLimits().equals(TenantLimits.NONE)) {
            records.add(new MetalogRecord.TenantLimited(image.tenantLimits()));
        }
        return records;
    }

    /// Feature levels are replayed before what depends on them.
    private static boolean isOther(ApiMessageAndVersion record) {
        return !(record.message() instanceof FeatureLevelRecord);
    }

    static MetaSnapshot decode(int number, ByteBuffer bytes) throws MetadataFormatException {
        Frame frame = Frame.read(MAGIC, VERSION, bytes, "snapshot " + number);
        ByteSource header = frame.header();
        if (header.i32() != number) {
            throw header.damaged("is another image's");
        }
        long checksum = header.i64();
        long writtenAtMillis = header.i64();
        header.end();
        ByteSource body = frame.body();
        try {
            return decode(number, checksum, writtenAtMillis, frame.version(), body);
        } catch (RuntimeException e) {
            throw body.damaged(String.valueOf(e.getMessage()));
        }
    }

    private static MetaSnapshot decode(int number, long checksum, long writtenAtMillis, int version, ByteSource body)
            throws MetadataFormatException {
        @Nullable UUID owner = body.bool() ? body.uuid() : null;
        List<MetalogRecord> records = RecordCodec.read(body);
        ShardTable shards = ShardTable.read(body);
        ImmutableMap<Uuid, TopicPlacement> placements = ImmutableMap.empty();
        for (int left = body.count(16); left > 0; left--) {
            placements = placements.updated(body.topicId(), TopicPlacement.read(body, shards.count()));
        }
        ImmutableMap<Uuid, ClusterImage.Dropping> dropping = ImmutableMap.empty();
        for (int left = body.count(16); left > 0; left--) {
            Uuid id = body.topicId();
            String name = body.text();
            dropping = dropping.updated(id, new ClusterImage.Dropping(name, TopicPlacement.read(body, shards.count())));
        }
        ImmutableMap<Uuid, DeletedTopic> restorable = ImmutableMap.empty();
        for (int left = version == WITHOUT_RESTORABLE ? 0 : body.count(16); left > 0; left--) {
            restorable = restorable.updated(body.topicId(), DeletedTopic.read(body, shards.count()));
        }
        body.end();

        MetadataDelta delta =
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        ImmutableMap<String, Credential> credentials = ImmutableMap.empty();
        TenantLimits tenantLimits = TenantLimits.NONE;
        @Nullable ClusterSettings settings = null;
        for (MetalogRecord record : records) {
            if (record instanceof MetalogRecord.SettingsWritten(ClusterSettings written)) {
                settings = written;
            } else if (record instanceof MetalogRecord.CredentialIssued(Credential credential)) {
                credentials = credentials.updated(credential.user(), credential);
            } else if (record instanceof MetalogRecord.TenantLimited(TenantLimits limits)) {
                tenantLimits = limits;
            } else if (record instanceof MetalogRecord.Kafka(ApiMessageAndVersion kafka)) {
                delta.replay(kafka.message());
                if (kafka.message() instanceof TopicRecord topic) {
                    addPartitions(delta, topic.topicId(), placements);
                }
            }
        }
        KafkaState kafka = KafkaState.EMPTY.after(delta, new MetadataProvenance(number, 0, writtenAtMillis, true));
        return new MetaSnapshot(
                new ClusterImage(
                        number,
                        checksum,
                        owner,
                        kafka,
                        shards,
                        placements,
                        dropping,
                        credentials,
                        restorable,
                        tenantLimits,
                        settings),
                delta);
    }

    private static void addPartitions(
            MetadataDelta delta, Uuid topicId, ImmutableMap<Uuid, TopicPlacement> placements) {
        TopicPlacement placement = placements.get(topicId);
        if (placement == null) {
            throw new IllegalStateException("topic " + topicId + " has no placement");
        }
        for (int partition = 0; partition < placement.partitions(); partition++) {
            delta.replay(ImageDraft.placeholder(topicId, partition));
        }
    }
}
