// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// The bytes of records: `type 1 | version 1 | length 4 | content`. Types and contents are pinned by a golden file;
/// new fields make a new version of their type.
final class RecordCodec {
    private static final int KAFKA = 1;
    private static final int SETTINGS_WRITTEN = 2;
    private static final int SHARD_ASSIGNED = 3;
    private static final int INCARNATION_ANNOUNCED = 4;
    private static final int INCARNATION_RETIRED = 5;
    private static final int PARTITIONS_PLACED = 6;
    private static final int REPLICATION_FACTOR_REMEMBERED = 7;
    private static final int TOPIC_DROPPED = 8;
    private static final int CHECKPOINT = 9;
    private static final int CLAIM = 10;
    private static final int TOPIC_DELETED = 11;
    private static final int TOPIC_NAME_FREED = 12;
    private static final int TOPIC_RESTORED = 13;
    private static final int TOPIC_PURGED = 14;
    private static final int CREDENTIAL_ISSUED = 15;
    private static final int CREDENTIAL_REVOKED = 16;
    private static final int TENANT_LIMITED = 17;
    private static final int VERSION = 1;
    private static final int SMALLEST = 6;
    private static final long NEVER = 0;
    private static final long UNLIMITED = 0;

    private RecordCodec() {}

    static void write(ByteSink out, List<MetalogRecord> records) {
        out.i32(records.size());
        for (MetalogRecord record : records) {
            out.u8(typeOf(record)).u8(VERSION).block(contentOf(record));
        }
    }

    static List<MetalogRecord> read(ByteSource in) throws MetadataFormatException {
        int count = in.count(SMALLEST);
        List<MetalogRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int type = in.u8();
            int version = in.u8();
            if (version > VERSION || type > TENANT_LIMITED) {
                throw in.newer("record type " + type + " version " + version);
            }
            ByteSource content = in.block();
            try {
                records.add(recordOf(type, content));
            } catch (IllegalArgumentException e) {
                throw in.damaged(String.valueOf(e.getMessage()));
            }
            content.end();
        }
        return records;
    }

    private static int typeOf(MetalogRecord record) {
        return switch (record) {
            case MetalogRecord.Kafka _ -> KAFKA;
            case MetalogRecord.SettingsWritten _ -> SETTINGS_WRITTEN;
            case MetalogRecord.ShardAssigned _ -> SHARD_ASSIGNED;
            case MetalogRecord.IncarnationAnnounced _ -> INCARNATION_ANNOUNCED;
            case MetalogRecord.IncarnationRetired _ -> INCARNATION_RETIRED;
            case MetalogRecord.PartitionsPlaced _ -> PARTITIONS_PLACED;
            case MetalogRecord.ReplicationFactorRemembered _ -> REPLICATION_FACTOR_REMEMBERED;
            case MetalogRecord.TopicDropped _ -> TOPIC_DROPPED;
            case MetalogRecord.Checkpoint _ -> CHECKPOINT;
            case MetalogRecord.Claim _ -> CLAIM;
            case MetalogRecord.TopicDeleted _ -> TOPIC_DELETED;
            case MetalogRecord.TopicNameFreed _ -> TOPIC_NAME_FREED;
            case MetalogRecord.TopicRestored _ -> TOPIC_RESTORED;
            case MetalogRecord.TopicPurged _ -> TOPIC_PURGED;
            case MetalogRecord.CredentialIssued _ -> CREDENTIAL_ISSUED;
            case MetalogRecord.CredentialRevoked _ -> CREDENTIAL_REVOKED;
            case MetalogRecord.TenantLimited _ -> TENANT_LIMITED;
        };
    }

    private static ByteSink contentOf(MetalogRecord record) {
        ByteSink out = new ByteSink();
        return switch (record) {
            case MetalogRecord.Kafka(var kafka) -> out.raw(kafkaBytes(kafka));
            case MetalogRecord.SettingsWritten(var settings) -> settings(out, settings);
            case MetalogRecord.ShardAssigned(var shard, var incarnation) ->
                out.i32(shard.number()).incarnation(incarnation);
            case MetalogRecord.IncarnationAnnounced(
                    var incarnation,
                    int nodeId,
                    var host,
                    int port,
                    var zone,
                    long brokerEpoch) ->
                out.incarnation(incarnation)
                        .i32(nodeId)
                        .text(host)
                        .i32(port)
                        .optionalText(zone)
                        .i64(brokerEpoch);
            case MetalogRecord.IncarnationRetired(var incarnation) -> out.incarnation(incarnation);
            case MetalogRecord.PartitionsPlaced(var topicId, int firstPartition, int count, var firstShard) ->
                out.topicId(topicId).i32(firstPartition).i32(count).i32(firstShard.number());
            case MetalogRecord.ReplicationFactorRemembered(var topicId, int replicationFactor) ->
                out.topicId(topicId).i32(replicationFactor);
            case MetalogRecord.TopicDropped(var topicId) -> out.topicId(topicId);
            case MetalogRecord.Checkpoint(var shard, var below) ->
                out.i32(shard.number()).i32(below.number());
            case MetalogRecord.Claim(var controlPlane) -> out.uuid(controlPlane);
            case MetalogRecord.TopicDeleted(var topicId) -> out.topicId(topicId);
            case MetalogRecord.TopicNameFreed(var topicId) -> out.topicId(topicId);
            case MetalogRecord.TopicRestored(var topicId) -> out.topicId(topicId);
            case MetalogRecord.TopicPurged(var topicId) -> out.topicId(topicId);
            case MetalogRecord.CredentialIssued(var credential) ->
                out.text(credential.user())
                        .text(credential.principal())
                        .i64(credential.createdAtMillis())
                        .i64(credential.expiresAtMillis().orElse(NEVER));
            case MetalogRecord.CredentialRevoked(var user) -> out.text(user);
            case MetalogRecord.TenantLimited(var limits) ->
                out.i64(limits.produceBytesPerSecond().orElse(UNLIMITED))
                        .i64(limits.fetchBytesPerSecond().orElse(UNLIMITED))
                        .i64(limits.connectionsPerSecond().orElse(UNLIMITED));
        };
    }

    private static MetalogRecord recordOf(int type, ByteSource in) throws MetadataFormatException {
        return switch (type) {
            case KAFKA -> new MetalogRecord.Kafka(kafkaRecord(in));
            case SETTINGS_WRITTEN -> new MetalogRecord.SettingsWritten(settings(in));
            case SHARD_ASSIGNED -> new MetalogRecord.ShardAssigned(new ShardId(in.i32()), in.incarnation());
            case INCARNATION_ANNOUNCED ->
                new MetalogRecord.IncarnationAnnounced(
                        in.incarnation(), in.i32(), in.text(), in.i32(), in.optionalText(), in.i64());
            case INCARNATION_RETIRED -> new MetalogRecord.IncarnationRetired(in.incarnation());
            case PARTITIONS_PLACED ->
                new MetalogRecord.PartitionsPlaced(in.topicId(), in.i32(), in.i32(), new ShardId(in.i32()));
            case REPLICATION_FACTOR_REMEMBERED -> new MetalogRecord.ReplicationFactorRemembered(in.topicId(), in.i32());
            case TOPIC_DROPPED -> new MetalogRecord.TopicDropped(in.topicId());
            case CHECKPOINT -> new MetalogRecord.Checkpoint(new ShardId(in.i32()), new LeaderEpoch(in.i32()));
            case CLAIM -> new MetalogRecord.Claim(in.uuid());
            case TOPIC_DELETED -> new MetalogRecord.TopicDeleted(in.topicId());
            case TOPIC_NAME_FREED -> new MetalogRecord.TopicNameFreed(in.topicId());
            case TOPIC_RESTORED -> new MetalogRecord.TopicRestored(in.topicId());
            case TOPIC_PURGED -> new MetalogRecord.TopicPurged(in.topicId());
            case CREDENTIAL_ISSUED -> new MetalogRecord.CredentialIssued(credential(in));
            case CREDENTIAL_REVOKED -> new MetalogRecord.CredentialRevoked(in.text());
            case TENANT_LIMITED -> new MetalogRecord.TenantLimited(new TenantLimits(limit(in), limit(in), limit(in)));
            default -> throw in.damaged("record type " + type);
        };
    }

    private static OptionalLong limit(ByteSource in) throws MetadataFormatException {
        long limit = in.i64();
        return limit == UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    private static Credential credential(ByteSource in) throws MetadataFormatException {
        String user = in.text();
        String principal = in.text();
        long createdAtMillis = in.i64();
        long expiresAtMillis = in.i64();
        return new Credential(
                user,
                principal,
                createdAtMillis,
                expiresAtMillis == NEVER ? OptionalLong.empty() : OptionalLong.of(expiresAtMillis));
    }

    private static ByteSink settings(ByteSink out, ClusterSettings settings) {
        return out.text(settings.name())
                .i32(settings.shards())
                .u8(settings.latencyProfile().code)
                .bool(settings.autoCreateTopics())
                .i32(settings.defaultPartitions())
                .i32(settings.defaultReplicationFactor())
                .i32(settings.offsetsTopicPartitions());
    }

    private static ClusterSettings settings(ByteSource in) throws MetadataFormatException {
        return new ClusterSettings(in.text(), in.i32(), profile(in), in.bool(), in.i32(), in.i32(), in.i32());
    }

    private static ClusterSettings.LatencyProfile profile(ByteSource in) throws MetadataFormatException {
        int code = in.u8();
        for (ClusterSettings.LatencyProfile profile : ClusterSettings.LatencyProfile.values()) {
            if (profile.code == code) {
                return profile;
            }
        }
        throw in.newer("latency profile " + code);
    }

    static ByteBuffer kafkaBytes(ApiMessageAndVersion record) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(MetadataRecordSerde.INSTANCE.recordSize(record, cache));
        MetadataRecordSerde.INSTANCE.write(record, cache, new ByteBufferAccessor(bytes));
        return bytes.flip();
    }

    private static ApiMessageAndVersion kafkaRecord(ByteSource in) throws MetadataFormatException {
        ByteBuffer bytes = in.rest();
        try {
            return MetadataRecordSerde.INSTANCE.read(new ByteBufferAccessor(bytes), bytes.remaining());
        } catch (RuntimeException e) {
            // Its bytes passed their checksums, so a newer Kafka wrote what this one cannot read.
            throw in.newer("a Kafka metadata record: " + e.getMessage());
        }
    }
}
