// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;

/// TxnOffsetCommit, all versions: offsets that count when the transaction is committed, with the member's generation
/// (KIP-447). From version 5 on the offsets partition becomes part of the transaction by it (KIP-890); in earlier
/// versions the transaction's coordinator is asked whether it is. Before version 2 a coordinator that is loading is
/// told as COORDINATOR_NOT_AVAILABLE, which such clients understand.
final class TxnOffsetCommitHandler implements RequestHandler {
    private final GroupHome groups;

    TxnOffsetCommitHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.TXN_OFFSET_COMMIT;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        TxnOffsetCommitRequestData request =
                exchange.body(TxnOffsetCommitRequest.class).data();
        Optional<GroupCoordination> coordination = groups.coordination();
        if (coordination.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(new TxnOffsetCommitResponse(
                    TxnOffsetCommitRequest.getErrorResponse(request, Errors.NOT_COORDINATOR))));
        }
        ClusterImage image = groups.cluster().image();
        TxnOffsetCommitResponse.Builder answer = new TxnOffsetCommitResponse.Builder();
        List<TxnOffsetCommitRequestTopic> known = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            int partitions = image.topicId(topic.name())
                    .map(id -> image.partitions(id).orElse(0))
                    .orElse(0);
            TxnOffsetCommitRequestTopic there = new TxnOffsetCommitRequestTopic().setName(topic.name());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                if (partition.partitionIndex() >= 0 && partition.partitionIndex() < partitions) {
                    there.partitions().add(partition);
                } else {
                    answer.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!there.partitions().isEmpty()) {
                known.add(there);
            }
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(answer.build()));
        }
        return coordination
                .get()
                .commitTransactionalOffsets(
                        exchange.context(), request.duplicate().setTopics(known))
                .thenApply(committed -> Reply.of(
                        answer.merge(understood(committed, exchange.version())).build()));
    }

    private static TxnOffsetCommitResponseData understood(TxnOffsetCommitResponseData answer, short version) {
        if (version < 2) {
            answer.topics()
                    .forEach(topic -> topic.partitions().stream()
                            .filter(partition -> partition.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code())
                            .forEach(partition -> partition.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())));
        }
        return answer;
    }
}
