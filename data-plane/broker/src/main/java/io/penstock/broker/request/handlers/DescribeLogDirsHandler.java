// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.log.ClusterLog;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/// DescribeLogDirs, all versions: one directory, the object store, with the partitions that this broker leads
/// and the bytes that the store holds of them, once, whatever their replication factor says. The size of the
/// store itself is not known.
public final class DescribeLogDirsHandler implements RequestHandler {
    /// What tools show as the directory.
    public static final String DIRECTORY = "object-store";

    private final ClusterContext cluster;

    public DescribeLogDirsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeLogDirsRequest request = exchange.body(DescribeLogDirsRequest.class);
        ClusterImage image = cluster.image();
        Map<PartitionRef, TopicPartition> asked = new HashMap<>();
        if (request.isAllTopicPartitions()) {
            image.kafka()
                    .topics()
                    .topicsByName()
                    .forEach((name, topic) ->
                            topic.partitions().keySet().forEach(partition -> here(image, name, partition, asked)));
        } else {
            request.data()
                    .topics()
                    .forEach(topic ->
                            topic.partitions().forEach(partition -> here(image, topic.topic(), partition, asked)));
        }
        Optional<ClusterLog> log = cluster.log();
        return log.map(open -> open.retainedBytes(asked.keySet()))
                .orElseGet(() -> CompletableFuture.completedFuture(Map.of()))
                .thenApply(sizes -> Reply.of(new DescribeLogDirsResponse(new DescribeLogDirsResponseData()
                        .setErrorCode(Errors.NONE.code())
                        .setResults(List.of(directory(asked, sizes))))));
    }

    private void here(ClusterImage image, String topic, int partition, Map<PartitionRef, TopicPartition> found) {
        Optional<Uuid> id = image.topicId(topic);
        if (id.isPresent()
                && PartitionLocation.of(cluster, image, id.get(), partition) instanceof PartitionLocation.Here here) {
            found.put(here.ref(), new TopicPartition(topic, partition));
        }
    }

    private static DescribeLogDirsResult directory(
            Map<PartitionRef, TopicPartition> asked, Map<PartitionRef, Long> sizes) {
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        sizes.forEach((ref, bytes) -> {
            TopicPartition partition = asked.get(ref);
            if (partition != null) {
                topics.computeIfAbsent(partition.topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition()
                                .setPartitionIndex(partition.partition())
                                .setPartitionSize(bytes)
                                .setOffsetLag(0)
                                .setIsFutureKey(false));
            }
        });
        return new DescribeLogDirsResult()
                .setErrorCode(Errors.NONE.code())
                .setLogDir(DIRECTORY)
                .setTotalBytes(DescribeLogDirsResponse.UNKNOWN_VOLUME_BYTES)
                .setUsableBytes(DescribeLogDirsResponse.UNKNOWN_VOLUME_BYTES)
                .setTopics(List.copyOf(topics.values()));
    }
}
