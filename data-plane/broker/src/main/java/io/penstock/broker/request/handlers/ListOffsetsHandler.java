// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.log.ClusterLog;
import io.penstock.log.Isolation;
import io.penstock.log.OffsetLookup;
import io.penstock.log.PartitionOffsets;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/// ListOffsets, all versions: first offset at or after a time, latest (−1: high watermark or last stable
/// offset), earliest (−2), of the largest timestamp (−3, KIP-734). Earliest local (−4) is the earliest: there
/// is one tier. For the same reason latest tiered (−5) and earliest pending upload (−6) are none (−1).
///
/// Nothing is answered before a read barrier has shown that this broker was not fenced (rule R10).
public final class ListOffsetsHandler implements RequestHandler {
    /// Special timestamp → version from which it may be asked for.
    /// KIP-320: older answers have no place for it, and cannot be written with one.
    private static final short LEADER_EPOCH_VERSION = 4;

    private static final Map<Long, Integer> SPECIAL = Map.of(
            ListOffsetsRequest.LATEST_TIMESTAMP, 1,
            ListOffsetsRequest.EARLIEST_TIMESTAMP, 1,
            ListOffsetsRequest.MAX_TIMESTAMP, 7,
            ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP, 8,
            ListOffsetsRequest.LATEST_TIERED_TIMESTAMP, 9,
            ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP, 11);

    private final ClusterContext cluster;

    public ListOffsetsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ListOffsetsRequest request = exchange.body(ListOffsetsRequest.class);
        ClusterImage image = cluster.image();
        Isolation isolation = switch (request.isolationLevel()) {
            case READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
            case READ_COMMITTED -> Isolation.READ_COMMITTED;
        };
        ListOffsetsResponseData answer = new ListOffsetsResponseData();
        List<CompletableFuture<?>> found = new ArrayList<>();
        Set<TopicPartition> seen = new HashSet<>();
        Set<TopicPartition> twice = new HashSet<>();
        for (ListOffsetsTopic topic : request.topics()) {
            topic.partitions().forEach(partition -> {
                TopicPartition asked = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(asked)) {
                    twice.add(asked);
                }
            });
        }
        for (ListOffsetsTopic topic : request.topics()) {
            Optional<Uuid> id = image.topicId(topic.name());
            ListOffsetsTopicResponse topicAnswer = new ListOffsetsTopicResponse().setName(topic.name());
            answer.topics().add(topicAnswer);
            for (ListOffsetsPartition asked : topic.partitions()) {
                ListOffsetsPartitionResponse part = new ListOffsetsPartitionResponse()
                        .setPartitionIndex(asked.partitionIndex())
                        .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                        .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET);
                topicAnswer.partitions().add(part);
                if (twice.contains(new TopicPartition(topic.name(), asked.partitionIndex()))) {
                    part.setErrorCode(Errors.INVALID_REQUEST.code());
                } else if (asked.timestamp() < 0
                        && SPECIAL.getOrDefault(asked.timestamp(), Integer.MAX_VALUE) > exchange.version()) {
                    part.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                } else if (id.isEmpty()) {
                    part.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    found.add(find(image, id.get(), asked, isolation, part));
                }
            }
        }
        return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new)).thenApply(all -> {
            if (exchange.version() < LEADER_EPOCH_VERSION) {
                answer.topics()
                        .forEach(topic -> topic.partitions()
                                .forEach(part -> part.setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH)));
            }
            return Reply.of(new ListOffsetsResponse(answer));
        });
    }

    private CompletableFuture<Void> find(
            ClusterImage image,
            Uuid topicId,
            ListOffsetsPartition asked,
            Isolation isolation,
            ListOffsetsPartitionResponse answer) {
        switch (PartitionLocation.of(cluster, image, topicId, asked.partitionIndex())) {
            case PartitionLocation.Unknown unknown -> answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            case PartitionLocation.Elsewhere elsewhere -> answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
            case PartitionLocation.Here here -> {
                Errors epoch = here.check(asked.currentLeaderEpoch());
                if (epoch == Errors.NONE) {
                    return here.log().readBarrier().thenCompose(proven -> {
                        if (proven) {
                            return find(here.log(), here.ref(), asked.timestamp(), isolation, answer);
                        }
                        answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                        return CompletableFuture.completedFuture(null);
                    });
                }
                answer.setErrorCode(epoch.code());
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> find(
            ClusterLog log,
            PartitionRef ref,
            long timestamp,
            Isolation isolation,
            ListOffsetsPartitionResponse answer) {
        if (timestamp >= 0) {
            return log.offsetForTimestamp(ref, timestamp, isolation).thenAccept(lookup -> tell(lookup, answer));
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return log.offsetOfMaxTimestamp(ref).thenAccept(lookup -> tell(lookup, answer));
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return tell(log, ref, answer, at -> switch (isolation) {
                case READ_UNCOMMITTED -> at.highWatermark();
                case READ_COMMITTED -> at.lastStableOffset();
            });
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return tell(log, ref, answer, PartitionOffsets::logStartOffset);
        }
        return tell(log, ref, answer, at -> ListOffsetsResponse.UNKNOWN_OFFSET);
    }

    private static CompletableFuture<Void> tell(
            ClusterLog log,
            PartitionRef ref,
            ListOffsetsPartitionResponse answer,
            Function<PartitionOffsets, Long> which) {
        return log.offsets(ref).thenAccept(offsets -> {
            if (offsets.isEmpty()) {
                answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                return;
            }
            PartitionOffsets at = offsets.get();
            long offset = which.apply(at);
            // The epoch is told for the end of the log only: which one the first record has, memory does not know.
            answer.setOffset(offset);
            if (offset == at.highWatermark() || offset == at.lastStableOffset()) {
                answer.setLeaderEpoch(at.epoch().number());
            }
        });
    }

    private static void tell(OffsetLookup lookup, ListOffsetsPartitionResponse answer) {
        switch (lookup) {
            case OffsetLookup.Found found ->
                answer.setOffset(found.offset()).setTimestamp(found.timestamp()).setLeaderEpoch(found.leaderEpoch());
            case OffsetLookup.None none -> answer.setOffset(ListOffsetsResponse.UNKNOWN_OFFSET);
            case OffsetLookup.NotLeader notLeader -> answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
            case OffsetLookup.Unavailable unavailable -> answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
    }
}
