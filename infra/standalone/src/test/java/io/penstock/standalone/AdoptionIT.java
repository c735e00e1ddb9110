// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.standalone.RunningPenstock.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two whole installations that know nothing of each other; one takes the other's cluster over by its
/// prefix alone, while the other one runs and its producers produce.
class AdoptionIT {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;

    @TempDir
    Path folder = Path.of("");

    @Test
    void aClusterIsTakenOverFromItsPrefixWhileItsOwnersRun() throws Exception {
        try (var owner = new RunningPenstock(folder.resolve("owner"));
                var heir = new RunningPenstock(folder.resolve("heir"))) {
            owner.up("--brokers", "2");
            heir.up("--brokers", "1");
            String clusterId = owner.status().path("clusters").get(0).path("id").asString();
            PenstockApi owners = owner.api();
            String prefix = owners.get("/v1/clusters/" + clusterId)
                    .path("spec")
                    .path("prefix")
                    .asString();
            String oldServers = owner.bootstrapServers();
            TopicDescription before;
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", oldServers))) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                        .all()
                        .get();
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("max.message.bytes", "77777"), AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
                before = requireNonNull(admin.describeTopics(List.of(TOPIC))
                        .allTopicNames()
                        .get()
                        .get(TOPIC));
            }
            Map<TopicPartition, Long> committed;
            try (var load = new Load(oldServers)) {
                load.awaitAcknowledged(500);
                committed = commitOffsets(oldServers, 200);

                PenstockApi heirs = heir.api();
                Path bucket = owner.folder().bucket();
                Map<String, Load.Place> promised = load.acknowledged();
                Answer copying = owner.execute(List.of(
                        "bucket",
                        "copy",
                        "file:" + bucket + "/" + prefix,
                        "file:" + folder + "/copies/of/it",
                        "--json"));
                JsonNode copy = adopt(heirs, "copied", folder.resolve("copies"), "of/it");
                assertThat(copy.path("id").asString()).isNotEqualTo(clusterId);

                JsonNode adopted = adopt(heirs, "saved", bucket, prefix);

                load.awaitShutOut();
                assertThat(adopted.path("id").asString()).isEqualTo(clusterId);
                String newServers = servers(adopted);
                load.assertThatACopyIsWhole(servers(copy), copying, promised);
                load.assertThatNothingWasPromisedInVain(newServers);
                assertSameTopic(newServers, before);
                assertThat(offsetsOf(newServers)).isEqualTo(committed);
                newGroupAndProducerWork(newServers);
            }
            JsonNode shutOut = phase(owners, clusterId, "FAILED");
            assertThat(shutOut.path("status").path("conditions").toString()).contains("has claimed it");
        }
    }

    private static JsonNode adopt(PenstockApi api, String name, Path bucket, String prefix) {
        String bucketId = api.post(
                        "/v1/buckets",
                        Map.of("metadata", Map.of("name", name), "spec", Map.of("uri", "file:" + bucket)))
                .path("id")
                .asString();
        String tenant =
                api.named("/v1/tenants", "demo").orElseThrow().path("id").asString();
        JsonNode adopting = api.post(
                "/v1/clusters",
                Map.of(
                        "metadata",
                        Map.of("name", name, "tenant_id", tenant),
                        "spec",
                        Map.of("bucket_id", bucketId, "prefix", prefix, "authentication", "OPEN_ON_LOOPBACK")));
        JsonNode operation = api.get(
                "/v1/operations/" + adopting.path("status").path("operation_id").asString() + "?wait=30s");
        assertThat(operation.path("state").asString()).as(operation.toString()).isEqualTo("SUCCEEDED");
        return api.get("/v1/clusters/" + adopting.path("id").asString());
    }

    private static String servers(JsonNode cluster) {
        return cluster.path("status").path("bootstrap_servers").asString();
    }

    private static void assertSameTopic(String servers, TopicDescription before) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            TopicDescription after = requireNonNull(
                    admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC));
            assertThat(after.topicId()).isEqualTo(before.topicId());
            assertThat(after.partitions()).hasSize(PARTITIONS);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            assertThat(requireNonNull(admin.describeConfigs(List.of(resource))
                                    .all()
                                    .get()
                                    .get(resource))
                            .get("max.message.bytes")
                            .value())
                    .isEqualTo("77777");
        }
    }

    private static Map<TopicPartition, Long> offsetsOf(String servers) throws Exception {
        var offsets = new HashMap<TopicPartition, Long>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.listConsumerGroupOffsets("readers")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, committed) -> offsets.put(partition, committed.offset()));
        }
        return offsets;
    }

    /// Reads at least so many records as a group, and commits.
    private static Map<TopicPartition, Long> commitOffsets(String servers, int records) throws Exception {
        try (var consumer = consumer(servers)) {
            consumer.subscribe(List.of(TOPIC));
            int read = 0;
            while (read < records) {
                read += consumer.poll(Duration.ofSeconds(1)).count();
            }
            consumer.commitSync();
        }
        return offsetsOf(servers);
    }

    private static void newGroupAndProducerWork(String servers) throws Exception {
        try (var producer = producer(servers)) {
            producer.send(new ProducerRecord<>(TOPIC, 0, "k", "after")).get(60, TimeUnit.SECONDS);
        }
        try (var consumer = consumer(servers)) {
            consumer.subscribe(List.of(TOPIC));
            Set<String> values = new HashSet<>();
            while (!values.contains("after")) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(String servers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "readers",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static KafkaProducer<String, String> producer(String servers) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        5_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        2_000,
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        2_000),
                new StringSerializer(),
                new StringSerializer());
    }

    private static JsonNode phase(PenstockApi api, String clusterId, String phase) throws InterruptedException {
        JsonNode cluster = api.get("/v1/clusters/" + clusterId);
        for (int look = 0; look < 300; look++) {
            if (cluster.path("status").path("phase").asString().equals(phase)) {
                return cluster;
            }
            TimeUnit.MILLISECONDS.sleep(200);
            cluster = api.get("/v1/clusters/" + clusterId);
        }
        throw new AssertionError(cluster.toString());
    }

    /// A producer that remembers where everything that was promised to it must be.
    private static final class Load implements AutoCloseable {
        private record Place(int partition, long offset) {}

        private final Map<String, Place> acknowledged = new ConcurrentHashMap<>();
        private final AtomicInteger failedInARow = new AtomicInteger();
        private final List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
        private final KafkaProducer<String, String> producer;
        private final Thread thread;
        private volatile boolean over;

        Load(String servers) {
            this.producer = producer(servers);
            this.thread = Thread.ofPlatform().name("load").start(this::produce);
        }

        private void produce() {
            for (int number = 0; !over; number++) {
                String value = "v" + number;
                try {
                    producer.send(new ProducerRecord<>(TOPIC, number % PARTITIONS, "k", value), (where, failure) -> {
                        if (failure == null) {
                            acknowledged.put(value, new Place(where.partition(), where.offset()));
                            failedInARow.set(0);
                        } else {
                            failures.add(failure);
                            failedInARow.incrementAndGet();
                        }
                    });
                    TimeUnit.MILLISECONDS.sleep(1);
                } catch (InterruptedException e) {
                    return;
                } catch (org.apache.kafka.common.KafkaException e) {
                    failures.add(e);
                    failedInARow.incrementAndGet();
                }
            }
        }

        void awaitAcknowledged(int records) throws InterruptedException {
            while (acknowledged.size() < records) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        /// Until nothing is acknowledged any more, but refused.
        void awaitShutOut() throws InterruptedException {
            while (failedInARow.get() < 10) { // each may take as long as a producer waits for metadata
                TimeUnit.MILLISECONDS.sleep(50);
            }
            over = true;
            thread.join();
            producer.close(Duration.ZERO);
        }

        Map<String, Place> acknowledged() {
            return Map.copyOf(acknowledged);
        }

        void assertThatNothingWasPromisedInVain(String servers) {
            assertThat(failures).isNotEmpty();
            assertThat(everything(servers)).containsAllEntriesOf(acknowledged);
        }

        /// It holds what was promised before it was made, and all that is below the point that it states.
        void assertThatACopyIsWhole(String servers, Answer copying, Map<String, Place> promised) {
            assertThat(copying.exitCode()).as(copying.output()).isZero();
            // What it says of its progress comes first.
            JsonNode stated = JsonMapper.builder()
                    .build()
                    .readTree(copying.output().substring(copying.output().indexOf('{')));
            Map<Integer, Long> ends = new HashMap<>();
            stated.path("partitions").forEach(at -> {
                if (at.path("topic").asString().equals(TOPIC)) {
                    ends.put(at.path("partition").asInt(), at.path("end_offset").asLong());
                }
            });
            Map<String, Place> found = everything(servers);
            assertThat(found).containsAllEntriesOf(promised);
            acknowledged.forEach((value, place) -> {
                if (place.offset < requireNonNull(ends.get(place.partition))) {
                    assertThat(found).containsEntry(value, place);
                }
            });
            assertThat(found)
                    .hasSize((int) ends.values().stream().mapToLong(end -> end).sum());
        }

        private static Map<String, Place> everything(String servers) {
            Map<String, Place> found = new HashMap<>();
            try (var consumer = consumer(servers)) {
                List<TopicPartition> all = java.util.stream.IntStream.range(0, PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                        .toList();
                consumer.assign(all);
                consumer.seekToBeginning(all);
                Map<TopicPartition, Long> ends = consumer.endOffsets(all);
                while (all.stream()
                        .anyMatch(partition -> consumer.position(partition) < requireNonNull(ends.get(partition)))) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                        Place before = found.put(record.value(), new Place(record.partition(), record.offset()));
                        assertThat(before)
                                .as("%s is there once", record.value())
                                .isNull();
                    }
                }
            }
            return found;
        }

        @Override
        public void close() {
            over = true;
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            producer.close(Duration.ZERO);
        }
    }
}
