// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.log.DeletionOutcome;
import io.penstock.log.LogRuntime;
import io.penstock.metadata.ClusterImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/// DeleteRecords, all versions (KIP-107): records below an offset are gone, −1 stands for the high
/// watermark. Refused
/// for internal topics, where only keys decide what stays, and beyond the high watermark. An answer without
/// error
/// means that the new log start is durable.
public final class DeleteRecordsHandler implements RequestHandler {
    private final ClusterContext cluster;
    private final LogRuntime runtime;
    private final Executor workers;

    /// @param workers on which a request's time-out is told
    public DeleteRecordsHandler(ClusterContext cluster, LogRuntime runtime, Executor workers) {
        this.cluster = cluster;
        this.runtime = runtime;
        this.workers = workers;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_RECORDS;
    }

    /// The first result counts: a time-out may come before the log's answer.
    private record Part(int topicIndex, int partition, CompletableFuture<Result> result) {}

    private record Result(Errors error, long lowWatermark) {
        static Result failed(Errors error) {
            return new Result(error, DeleteRecordsResponse.INVALID_LOW_WATERMARK);
        }
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DeleteRecordsRequest request = exchange.body(DeleteRecordsRequest.class);
        ClusterImage image = cluster.image();
        List<DeleteRecordsTopic> topics = request.data().topics();
        List<Part> parts = new ArrayList<>();
        List<CompletableFuture<?>> ended = new ArrayList<>();
        for (int i = 0; i < topics.size(); i++) {
            DeleteRecordsTopic topic = topics.get(i);
            for (DeleteRecordsPartition asked : topic.partitions()) {
                CompletableFuture<Result> result =
                        delete(image, topic.name(), asked).copy();
                parts.add(new Part(i, asked.partitionIndex(), result));
                ended.add(result);
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new));
        if (!all.isDone()) {
            LogRuntime.Timer timer = runtime.schedule(
                    Duration.ofMillis(Math.max(0, request.data().timeoutMs())), workers, () -> {
                        parts.forEach(part -> part.result.complete(Result.failed(Errors.REQUEST_TIMED_OUT)));
                    });
            all.whenComplete((_, _) -> timer.cancel());
        }
        return all.thenApply(_ -> answer(topics, parts));
    }

    private CompletableFuture<Result> delete(ClusterImage image, String topic, DeleteRecordsPartition asked) {
        Optional<Uuid> id = image.topicId(topic);
        if (TopicNames.isInternal(topic)) {
            return failed(Errors.INVALID_TOPIC_EXCEPTION);
        }
        if (id.isEmpty()) {
            return failed(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return switch (PartitionLocation.of(cluster, image, id.get(), asked.partitionIndex())) {
            case PartitionLocation.Unknown _ -> failed(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case PartitionLocation.Elsewhere _ -> failed(Errors.NOT_LEADER_OR_FOLLOWER);
            case PartitionLocation.Here here -> {
                var configs = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, topic));
                if (!TopicPolicy.of(configs).recordsMayBeDeleted()) {
                    yield failed(Errors.POLICY_VIOLATION);
                }
                if (asked.offset() == DeleteRecordsRequest.HIGH_WATERMARK) {
                    yield here.log().deleteAllRecords(here.ref()).thenApply(DeleteRecordsHandler::result);
                }
                if (asked.offset() < 0) {
                    yield failed(Errors.OFFSET_OUT_OF_RANGE);
                }
                yield here.log().deleteRecords(here.ref(), asked.offset()).thenApply(DeleteRecordsHandler::result);
            }
        };
    }

    private static CompletableFuture<Result> failed(Errors error) {
        return CompletableFuture.completedFuture(Result.failed(error));
    }

    private static Result result(DeletionOutcome outcome) {
        return switch (outcome) {
            case DeletionOutcome.Deleted deleted -> new Result(Errors.NONE, deleted.logStartOffset());
            case DeletionOutcome.OutOfRange _ -> Result.failed(Errors.OFFSET_OUT_OF_RANGE);
            case DeletionOutcome.NotLeader _ -> Result.failed(Errors.NOT_LEADER_OR_FOLLOWER);
            case DeletionOutcome.Unavailable _ -> Result.failed(Errors.KAFKA_STORAGE_ERROR);
        };
    }

    private static Reply answer(List<DeleteRecordsTopic> topics, List<Part> parts) {
        List<DeleteRecordsTopicResult> results = new ArrayList<>();
        topics.forEach(topic -> results.add(new DeleteRecordsTopicResult().setName(topic.name())));
        for (Part part : parts) {
            Result result = part.result.join();
            results.get(part.topicIndex)
                    .partitions()
                    .add(new DeleteRecordsPartitionResult()
                            .setPartitionIndex(part.partition)
                            .setErrorCode(result.error.code())
                            .setLowWatermark(result.lowWatermark));
        }
        DeleteRecordsResponseData data = new DeleteRecordsResponseData();
        data.topics().addAll(results);
        return Reply.of(new DeleteRecordsResponse(data));
    }
}
