// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.log.OffsetLookup;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/// OffsetForLeaderEpoch, versions 2 to the newest (KIP-320): where the log that a leader epoch wrote ends, so
/// that a consumer notices that it read what is no more. Nothing is answered before a read barrier (rule R10).
public final class OffsetForLeaderEpochHandler implements RequestHandler {
    private final ClusterContext cluster;

    public OffsetForLeaderEpochHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        OffsetsForLeaderEpochRequest request = exchange.body(OffsetsForLeaderEpochRequest.class);
        ClusterImage image = cluster.image();
        OffsetForLeaderEpochResponseData answer = new OffsetForLeaderEpochResponseData();
        List<CompletableFuture<?>> found = new ArrayList<>();
        for (OffsetForLeaderTopic topic : request.data().topics()) {
            Optional<Uuid> id = image.topicId(topic.topic());
            OffsetForLeaderTopicResult topicAnswer = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            answer.topics().add(topicAnswer);
            for (OffsetForLeaderPartition asked : topic.partitions()) {
                EpochEndOffset part = new EpochEndOffset()
                        .setPartition(asked.partition())
                        .setLeaderEpoch(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH)
                        .setEndOffset(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH_OFFSET);
                topicAnswer.partitions().add(part);
                if (id.isEmpty()) {
                    part.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    found.add(find(image, id.get(), asked, part));
                }
            }
        }
        return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new))
                .thenApply(all -> Reply.of(new OffsetsForLeaderEpochResponse(answer)));
    }

    private CompletableFuture<?> find(
            ClusterImage image, Uuid topicId, OffsetForLeaderPartition asked, EpochEndOffset answer) {
        switch (PartitionLocation.of(cluster, image, topicId, asked.partition())) {
            case PartitionLocation.Unknown unknown -> answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            case PartitionLocation.Elsewhere elsewhere -> answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
            case PartitionLocation.Here here -> {
                Errors epoch = here.check(asked.currentLeaderEpoch());
                if (epoch == Errors.NONE && asked.leaderEpoch() == OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH) {
                    return CompletableFuture.completedFuture(answer); // nothing was asked, nothing is told
                }
                if (epoch == Errors.NONE) {
                    return here.log()
                            .readBarrier()
                            .thenCompose(proven -> proven
                                    ? here.log().endOffsetForEpoch(here.ref(), asked.leaderEpoch())
                                    : CompletableFuture.completedFuture(new OffsetLookup.NotLeader()))
                            .thenAccept(lookup -> tell(lookup, answer));
                }
                answer.setErrorCode(epoch.code());
            }
        }
        return CompletableFuture.completedFuture(answer);
    }

    private static void tell(OffsetLookup lookup, EpochEndOffset answer) {
        switch (lookup) {
            case OffsetLookup.Found found -> answer.setEndOffset(found.offset()).setLeaderEpoch(found.leaderEpoch());
            case OffsetLookup.None none -> {}
            case OffsetLookup.NotLeader notLeader -> answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
            case OffsetLookup.Unavailable unavailable -> answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
    }
}
