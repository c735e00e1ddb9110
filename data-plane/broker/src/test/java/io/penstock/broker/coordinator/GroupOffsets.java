// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.request.Reply;
import io.penstock.broker.testing.Exchanges;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
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

/// What the group `readers` has committed for partition 0 of `orders`, as clients commit and ask.
final class GroupOffsets {
    private GroupOffsets() {}

    static CompletableFuture<Errors> commit(GroupHome groups, long offset) {
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

    static long committed(GroupHome groups) throws InterruptedException {
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
}
