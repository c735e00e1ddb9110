// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.security.ClusterAuthorizer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.junit.jupiter.api.Test;

class GroupCoordinationTest {
    @Test
    void aGroupsHomeIsWhereKafkasCoordinatorLooksForIt() {
        // Names with negative hash codes among them: a sign lost on the way sends half of all groups to the wrong
        // broker.
        List<String> names =
                IntStream.range(0, 1000).mapToObj(n -> "group-" + n * 7919L).toList();
        assertThat(names).anyMatch(name -> name.hashCode() < 0);

        try (ClusterAuthorizer authorizer = new ClusterAuthorizer(Set.of());
                GroupCoordination coordination =
                        new GroupCoordination(0, "test", GroupSettings.of(50), new NoLog(), authorizer)) {
            assertThat(names)
                    .allSatisfy(name ->
                            assertThat(GroupCoordination.partitionFor(name, 50)).isEqualTo(coordination.homeOf(name)));
        }
    }

    @Test
    void whoTellsOfADeletedTopicDoesNotWaitUntilItsOffsetsAreGone() throws Exception {
        Uuid topic = Uuid.randomUuid();
        Appends log = new Appends();
        try (ClusterAuthorizer authorizer = new ClusterAuthorizer(Set.of());
                GroupCoordination coordination =
                        new GroupCoordination(0, "test", GroupSettings.of(1), log, authorizer)) {
            MetadataDelta created =
                    new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
            created.replay(new TopicRecord().setName("t").setTopicId(topic));
            MetadataImage image = created.apply(MetadataProvenance.EMPTY);
            coordination.metadataChanged(created, image).join();
            coordination.elected(0, 0);
            CompletableFuture<?> committed = commit(coordination, topic);
            coordination.highWatermarkAdvanced(0, log.ends.take());
            committed.join();

            MetadataDelta deleted = new MetadataDelta.Builder().setImage(image).build();
            deleted.replay(new RemoveTopicRecord().setTopicId(topic));
            CompletableFuture<Void> gone =
                    coordination.metadataChanged(deleted, deleted.apply(MetadataProvenance.EMPTY));

            long end = log.ends.take();
            assertThat(gone).isNotDone();
            coordination.highWatermarkAdvanced(0, end);
            gone.join();
        }
    }

    /// Again while the partition is being loaded.
    private static CompletableFuture<OffsetCommitResponseData> commit(GroupCoordination coordination, Uuid topic) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("t")
                        .setTopicId(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition().setCommittedOffset(3)))));
        return coordination
                .commitOffsets(CONTEXT, request)
                .thenCompose(answer ->
                        answer.topics().getFirst().partitions().getFirst().errorCode() == Errors.NONE.code()
                                ? CompletableFuture.completedFuture(answer)
                                : commit(coordination, topic));
    }

    private static final RequestContext CONTEXT = new RequestContext(
            new RequestHeader(ApiKeys.OFFSET_COMMIT, (short) 9, "test", 1),
            "1",
            InetAddress.getLoopbackAddress(),
            KafkaPrincipal.ANONYMOUS,
            ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
            SecurityProtocol.PLAINTEXT,
            ClientInformation.EMPTY,
            false);

    /// An empty partition at first; keeps the ends after each append.
    private static final class Appends implements GroupLog {
        final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();
        private long end;

        @Override
        public long append(int partition, ByteBuffer batches, TransactionTerms terms) {
            for (MutableRecordBatch batch :
                    MemoryRecords.readableRecords(batches).batches()) {
                end += batch.countOrNull();
            }
            ends.add(end);
            return end;
        }

        @Override
        public CompletableFuture<TransactionTerms> verify(
                int partition, String transactionalId, long producerId, short producerEpoch, int version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Page> read(int partition, long offset, int maxBytes) {
            return CompletableFuture.completedFuture(new Page(List.of(), 0, 0));
        }
    }

    private static final class NoLog implements GroupLog {
        @Override
        public long append(int partition, ByteBuffer batches, TransactionTerms terms) {
            throw new AssertionError("nothing is elected");
        }

        @Override
        public CompletableFuture<TransactionTerms> verify(
                int partition, String transactionalId, long producerId, short producerEpoch, int version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Page> read(int partition, long offset, int maxBytes) {
            throw new AssertionError("nothing is elected");
        }
    }
}
