// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `docs/operating/backup.md`, command by command, and what it promises of each.
class BackupPageIT {
    private static final Path PAGE = Path.of("..", "..", "docs", "operating", "backup.md");
    private static final TopicPartition EARLY = new TopicPartition("early", 0);
    private static final TopicPartition LATE = new TopicPartition("late", 0);

    @TempDir
    Path folder = Path.of("");

    @Test
    void thePagesCommandsDoWhatItSays() throws Exception {
        var page = new PageWithCommands(PAGE, folder);
        assertThat(page.names()).containsExactly("back-up", "restore", "copy", "adopt");
        try (var penstock = new RunningPenstock(folder.resolve("data")).up("--brokers", "1")) {
            PenstockApi api = penstock.api();
            produce(penstock.bootstrapServers(), EARLY, 0, 20);

            page.run("back-up", Map.of("API", api.base()));
            produce(penstock.bootstrapServers(), LATE, 0, 30);
            produce(penstock.bootstrapServers(), EARLY, 20, 25);
            commit(penstock.bootstrapServers(), LATE, 17);
            String tenant = api.post("/v1/tenants", Map.of("metadata", Map.of("name", "since"), "spec", Map.of()))
                    .path("id")
                    .asString();
            int entry = entry(api, "demo");
            page.run("restore", Map.of("API", api.base()));

            String servers = penstock.bootstrapServers();
            assertThat(read(servers, EARLY)).isEqualTo(values(25));
            assertThat(read(servers, LATE)).isEqualTo(values(30));
            assertThat(committed(servers, LATE)).isEqualTo(17);
            assertThat(topics(api)).contains("early", "late");
            assertThat(api.tryGet("/v1/tenants/" + tenant))
                    .as("what PostgreSQL alone knew")
                    .isEmpty();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                admin.createTopics(List.of(new NewTopic("after", 1, (short) 1)))
                        .all()
                        .get();
            }
            assertThat(entry(api, "demo")).as("nothing forks").isGreaterThan(entry);

            page.run("copy", Map.of("API", api.base()));
            produce(servers, LATE, 30, 35);
            String adopted = page.run("adopt", Map.of("API", api.base()));

            assertThat(adopted).contains("drill READY");
            JsonNode copied = JsonMapper.builder().build().readTree(Files.readString(folder.resolve("tuesday.json")));
            String drill = api.named("/v1/clusters", "drill")
                    .orElseThrow()
                    .path("status")
                    .path("bootstrap_servers")
                    .asString();
            assertThat(pointOf(copied, LATE)).isEqualTo(30);
            assertThat(read(drill, EARLY)).isEqualTo(values(25));
            assertThat(read(drill, LATE)).isEqualTo(values(30));
            assertThat(committed(drill, LATE)).isEqualTo(17);
            produce(drill, LATE, 30, 31);
            assertThat(read(servers, LATE)).as("two clusters, not one twice").isEqualTo(values(35));
        }
    }

    private static int entry(PenstockApi api, String cluster) {
        return api.named("/v1/clusters", cluster)
                .orElseThrow()
                .path("status")
                .path("metalog_entry")
                .asInt();
    }

    private static List<String> topics(PenstockApi api) {
        String cluster =
                api.named("/v1/clusters", "demo").orElseThrow().path("id").asString();
        return api.get("/v1/clusters/" + cluster + "/topics")
                .path("data")
                .valueStream()
                .map(topic -> topic.path("metadata").path("name").asString())
                .toList();
    }

    private static long pointOf(JsonNode copied, TopicPartition partition) {
        return copied.path("partitions")
                .valueStream()
                .filter(at -> at.path("topic").asString().equals(partition.topic())
                        && at.path("partition").asInt() == partition.partition())
                .findFirst()
                .orElseThrow()
                .path("end_offset")
                .asLong();
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(number -> "v" + number).toList();
    }

    private static void produce(String servers, TopicPartition to, int from, int end) throws Exception {
        var properties = new Properties();
        properties.put("bootstrap.servers", servers);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int number = from; number < end; number++) {
                producer.send(new ProducerRecord<>(to.topic(), to.partition(), "k", "v" + number))
                        .get(90, TimeUnit.SECONDS);
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(String servers) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "group.id", "readers", "enable.auto.commit", false),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<String> read(String servers, TopicPartition partition) {
        var found = new ArrayList<String>();
        try (var consumer = consumer(servers)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = requireNonNull(consumer.endOffsets(List.of(partition), Duration.ofMinutes(2))
                    .get(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> found.add(record.value()));
            }
        }
        return found;
    }

    private static void commit(String servers, TopicPartition partition, long offset) {
        try (var consumer = consumer(servers)) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)), Duration.ofMinutes(2));
        }
    }

    private static long committed(String servers, TopicPartition partition) {
        try (var consumer = consumer(servers)) {
            return requireNonNull(consumer.committed(java.util.Set.of(partition), Duration.ofMinutes(2))
                            .get(partition))
                    .offset();
        }
    }
}
