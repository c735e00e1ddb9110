// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class MetalogCodecTest {

    private static MetalogEntry anEntryWithEveryRecord() {
        List<MetalogRecord> records = new ArrayList<>(ACluster.created(ClusterSettings.defaults("orders")));
        records.add(MetalogRecords.announce(ACluster.endpoint(1)));
        records.add(
                new MetalogRecord.IncarnationAnnounced(ACluster.incarnation(2), 2, "b2", 9092, Optional.empty(), 9));
        records.addAll(MetalogRecords.assignShards(Map.of(new ShardId(3), ACluster.incarnation(1))));
        records.add(MetalogRecords.retire(ACluster.incarnation(2)));
        records.addAll(
                MetalogRecords.createTopic("payments", ACluster.topicId(1), 12, 3, 16, Map.of("retention.ms", "1000")));
        records.addAll(MetalogRecords.setConfigs(
                new ConfigResource(ConfigResource.Type.TOPIC, "payments"), Map.of("retention.ms", Optional.empty())));
        records.addAll(MetalogRecords.deleteTopic(ACluster.topicId(2)));
        records.add(MetalogRecords.topicDropped(ACluster.topicId(3)));
        records.add(MetalogRecords.checkpoint(new ShardId(3), new LeaderEpoch(5)));
        records.add(MetalogRecords.claim(ACluster.OWNER));
        return new MetalogEntry(7, 0x0123456789abcdefL, ACluster.OWNER, 42, 1_700_000_000_000L, records);
    }

    @Test
    void theBytesOfAnEntryArePinned() {
        Golden.assertSame(
                "entry-v1", MetalogCodec.encode(anEntryWithEveryRecord()).bytes());
    }

    @Test
    void entriesOfVersionOneStayReadable() throws Exception {
        assertThat(MetalogCodec.decode(7, ByteBuffer.wrap(Golden.read("entry-v1"))))
                .isEqualTo(anEntryWithEveryRecord());
    }

    private static MetalogEntry anEntryAboutDeletedTopics() {
        return new MetalogEntry(
                7,
                0x0123456789abcdefL,
                ACluster.OWNER,
                42,
                1_700_000_000_000L,
                List.of(
                        MetalogRecords.softDeleteTopic(ACluster.topicId(1)),
                        MetalogRecords.freeName(ACluster.topicId(2)),
                        MetalogRecords.restoreTopic(ACluster.topicId(3)),
                        MetalogRecords.purgeTopic(ACluster.topicId(4))));
    }

    @Test
    void theBytesOfAnEntryAboutDeletedTopicsArePinned() throws Exception {
        Golden.assertSame(
                "entry-deleted-topics-v1",
                MetalogCodec.encode(anEntryAboutDeletedTopics()).bytes());
        assertThat(MetalogCodec.decode(7, ByteBuffer.wrap(Golden.read("entry-deleted-topics-v1"))))
                .isEqualTo(anEntryAboutDeletedTopics());
    }

    @Test
    void damageAnywhereIsNoticed() {
        byte[] bytes = MetalogCodec.encode(anEntryWithEveryRecord()).bytes();
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assertThatThrownBy(() -> MetalogCodec.decode(EncodedEntry.of(7, damaged)))
                    .as("byte %d", at)
                    .isInstanceOf(MetadataFormatException.class);
        }
    }

    @Test
    void anEntryCutShortIsDamaged() {
        byte[] bytes = MetalogCodec.encode(anEntryWithEveryRecord()).bytes();
        for (int length = 0; length < bytes.length; length++) {
            EncodedEntry cut = EncodedEntry.of(7, ByteBuffer.wrap(bytes, 0, length));
            assertThat(reasonOf(cut)).isEqualTo(MetadataFormatException.Reason.DAMAGED);
        }
    }

    @Test
    void aNewerFormatIsToldApartFromDamage() {
        byte[] newer = MetalogCodec.encode(anEntryWithEveryRecord()).bytes();
        newer[5]++;
        assertThat(reasonOf(EncodedEntry.of(7, newer))).isEqualTo(MetadataFormatException.Reason.NEWER);
    }

    @Test
    void aRecordOfAnUnknownTypeIsNewer() {
        ByteSink header =
                new ByteSink().i32(1).i64(0).uuid(new UUID(0, 1)).i64(0).i64(0);
        ByteSink body = new ByteSink().i32(1).u8(200).u8(1).i32(0);
        byte[] bytes = Frame.write(MetalogCodec.MAGIC, MetalogCodec.VERSION, header, body);
        assertThat(reasonOf(EncodedEntry.of(1, bytes))).isEqualTo(MetadataFormatException.Reason.NEWER);
    }

    @Test
    void anEntryUnderAnotherNumberIsRefused() {
        byte[] bytes = MetalogCodec.encode(anEntryWithEveryRecord()).bytes();
        assertThat(reasonOf(EncodedEntry.of(8, bytes))).isEqualTo(MetadataFormatException.Reason.DAMAGED);
    }

    @Test
    void entriesThatDifferInTheNonceOnlyHaveDifferentChecksums() {
        EncodedEntry one = MetalogCodec.encode(new MetalogEntry(1, 0, ACluster.OWNER, 1, 0, List.of()));
        EncodedEntry other = MetalogCodec.encode(new MetalogEntry(1, 0, ACluster.OWNER, 2, 0, List.of()));
        assertThat(one.checksum()).isNotEqualTo(other.checksum());
        assertThat(one).isNotEqualTo(other);
    }

    private static MetadataFormatException.Reason reasonOf(EncodedEntry entry) {
        try {
            MetalogCodec.decode(entry);
            throw new AssertionError("was read");
        } catch (MetadataFormatException e) {
            return e.reason();
        }
    }
}
