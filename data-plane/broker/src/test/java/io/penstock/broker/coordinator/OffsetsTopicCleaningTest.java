// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.request.Reply;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Exchanges;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.Isolation;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class OffsetsTopicCleaningTest {
    private static final int COMMITS = 2_000;

    @Test
    void afterManyCommitsACoordinatorLoadsFewRecords() throws Exception {
        try (BrokerInMemory broker = BrokerInMemory.started(settings())) {
            var offsets = broker.cluster()
                    .createTopic(
                            Topic.GROUP_METADATA_TOPIC_NAME, 1, Map.of("cleanup.policy", "compact", "segment.ms", "1"));
            broker.cluster().createTopic("orders", 1, Map.of());
            PartitionRef ref = broker.cluster().partition(offsets, 0).orElseThrow();
            try (GroupHome first = broker.newGroups()) {
                while (commit(first, 0).join() != Errors.NONE) {
                    Thread.sleep(50); // it is still being elected
                }
                List<CompletableFuture<Errors>> commits = new ArrayList<>();
                for (int offset = 1; offset <= COMMITS; offset++) {
                    commits.add(commit(first, offset));
                }
                commits.forEach(one -> assertThat(one.join()).isEqualTo(Errors.NONE));
            }
            long end = broker.log().offsets(ref).join().orElseThrow().highWatermark();
            assertThat(end).isGreaterThan(COMMITS);

            while (records(broker, ref, end) > 20) {
                Thread.sleep(100);
            }

            try (GroupHome next = broker.newGroups()) {
                assertThat(committed(next)).isEqualTo(COMMITS);
            }
        }
    }

    /// Folds twice a second, and keeps next to nothing in memory.
    private static LogSettings settings() {
        LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
        return new LogSettings(
                usual.profile(),
                usual.maxSlotBytes(),
                usual.maxPutsInFlight(),
                usual.maxPendingBytes(),
                usual.slotStuckAfter(),
                usual.handOffPatience(),
                usual.barrierInterval(),
                usual.consolidateAfterSlots(),
                Duration.ofMillis(500),
                usual.consolidateAfterBytes(),
                1,
                usual.collectionGrace(),
                usual.housekeeping());
    }

    private static CompletableFuture<Errors> commit(GroupHome groups, long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId("readers")
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        return new OffsetCommitHandler(groups)
                .handle(Exchanges.of(ApiKeys.OFFSET_COMMIT, 8, request))
                .thenApply(reply -> {
                    var answer = (OffsetCommitResponse) ((Reply.Answer) reply).response();
                    return Errors.forCode(answer.data()
                            .topics()
                            .getFirst()
                            .partitions()
                            .getFirst()
                            .errorCode());
                });
    }

    private static long committed(GroupHome groups) throws InterruptedException {
        while (true) {
            OffsetFetchRequestData request = new OffsetFetchRequestData()
                    .setGroups(List.of(new OffsetFetchRequestGroup()
                            .setGroupId("readers")
                            .setTopics(List.of(new OffsetFetchRequestTopics()
                                    .setName("orders")
                                    .setPartitionIndexes(List.of(0))))));
            Reply reply;
            try {
                reply = new OffsetFetchHandler(groups)
                        .handle(Exchanges.of(ApiKeys.OFFSET_FETCH, 8, request))
                        .join();
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(CoordinatorLoadInProgressException.class);
                Thread.sleep(50);
                continue;
            }
            var group = ((OffsetFetchResponse) ((Reply.Answer) reply).response())
                    .data()
                    .groups()
                    .getFirst();
            if (group.errorCode() == Errors.NONE.code()) {
                return group.topics().getFirst().partitions().getFirst().committedOffset();
            }
            Thread.sleep(50); // it is loading
        }
    }

    /// What a coordinator would have to read.
    private static long records(BrokerInMemory broker, PartitionRef ref, long end) {
        long count = 0;
        long next = 0;
        while (next < end) {
            var found = (ReadOutcome.Records) broker.log()
                    .read(ref, next, 1 << 20, Isolation.READ_UNCOMMITTED)
                    .join();
            for (var batch : found.batches()) {
                BatchHeader header = BatchHeader.at(batch, batch.position());
                count += header.recordCount();
                next = header.lastOffset() + 1;
            }
        }
        return count;
    }
}
