// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.interop.LaunchedPenstock.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientsIT {
    private static final int RECORDS = 500;

    @TempDir
    static Path folder = Path.of("");

    private static String servers = "";
    private static AutoCloseable penstock = () -> {};

    @BeforeAll
    static void up() throws Exception {
        LaunchedPenstock launched = new LaunchedPenstock(folder);
        penstock = launched;
        servers = launched.bootstrapServers();
    }

    @AfterAll
    static void down() throws Exception {
        penstock.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theJavaClientProducesReadsInAGroupAndItsAdminSeesAndResetsIt(String protocol) throws Exception {
        String topic = "java-" + protocol;
        String group = topic + "-group";
        Set<String> sent = IntStream.range(0, RECORDS).mapToObj(n -> "v" + n).collect(Collectors.toSet());
        try (Admin admin = Admin.create(properties(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 3))).all().get();
            produce(topic, sent);

            assertThat(consume(topic, group, protocol)).isEqualTo(sent);

            assertThat(admin.listGroups().all().get())
                    .anyMatch(listed -> listed.groupId().equals(group));
            assertThat(Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                                    .describedGroups()
                                    .get(group))
                            .get()
                            .groupState())
                    .isEqualTo(GroupState.EMPTY);
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(committed.values().stream()
                            .mapToLong(OffsetAndMetadata::offset)
                            .sum())
                    .isEqualTo(RECORDS);

            Map<TopicPartition, OffsetAndMetadata> beginning = committed.keySet().stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(0)));
            admin.alterConsumerGroupOffsets(group, beginning).all().get();
            assertThat(consume(topic, group, protocol)).isEqualTo(sent);

            admin.deleteConsumerGroups(List.of(group)).all().get();
            assertThat(admin.listGroups().all().get())
                    .noneMatch(listed -> listed.groupId().equals(group));
        }
    }

    @Test
    void librdkafkaByWayOfConfluentKafka() throws Exception {
        requireTool(List.of("python3", "-c", "import confluent_kafka"), "pip install confluent-kafka");

        Answer answer = LaunchedPenstock.run(
                folder,
                List.of(
                        "python3",
                        resource("confluent.py").toString(),
                        servers,
                        "confluent",
                        Integer.toString(RECORDS)),
                "");

        assertThat(answer.exitCode()).as(answer.output()).isZero();
    }

    @Test
    void kcatProducesAndReadsInAGroup() throws Exception {
        requireTool(List.of("kcat", "-V"), "apt-get install kcat");
        String lines = IntStream.range(0, RECORDS).mapToObj(n -> "v" + n + "\n").collect(Collectors.joining());

        Answer produced = LaunchedPenstock.run(folder, List.of("kcat", "-b", servers, "-t", "kcat", "-P"), lines);
        assertThat(produced.exitCode()).as(produced.output()).isZero();
        Answer read = LaunchedPenstock.run(
                folder,
                List.of(
                        "kcat",
                        "-b",
                        servers,
                        "-G",
                        "kcat-group",
                        "-X",
                        "auto.offset.reset=earliest",
                        "-c",
                        Integer.toString(RECORDS),
                        "-q",
                        "kcat"),
                "");

        assertThat(read.exitCode()).as(read.output()).isZero();
        assertThat(read.output().lines().collect(Collectors.toSet())).hasSize(RECORDS);
    }

    @Test
    void kafkajs() throws Exception {
        assumeTrue(Boolean.getBoolean("penstock.all"), "one of the large sizes: ./penstock test --all");
        Answer install = LaunchedPenstock.run(folder, List.of("npm", "install", "--silent", "kafkajs@2.2.4"), "");
        assertThat(install.exitCode()).as(install.output()).isZero();

        Answer answer = LaunchedPenstock.run(
                folder,
                List.of("node", resource("kafkajs.cjs").toString(), servers, "kafkajs", Integer.toString(RECORDS)),
                "");

        assertThat(answer.exitCode()).as(answer.output()).isZero();
    }

    private static void produce(String topic, Set<String> values) throws ExecutionException, InterruptedException {
        Properties properties = properties(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, value, value));
            }
            producer.flush();
        }
    }

    private static Set<String> consume(String topic, String group, String protocol) {
        Properties properties = properties(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        Set<String> seen = new HashSet<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            for (int poll = 0; poll < 120 && seen.size() < RECORDS; poll++) {
                consumer.poll(Duration.ofMillis(500)).forEach(record -> seen.add(record.value()));
            }
            consumer.commitSync();
        }
        return seen;
    }

    private static Properties properties(String name, String value) {
        Properties properties = new Properties();
        properties.put(name, value);
        return properties;
    }

    /// On a person's machine a missing tool is said and passed over; in CI it is a failure.
    private static void requireTool(List<String> probe, String remedy) throws InterruptedException {
        boolean there;
        try {
            there = LaunchedPenstock.run(folder, probe, "").exitCode() == 0;
        } catch (IOException e) {
            there = false;
        }
        assertThat(there || System.getenv("CI") == null)
                .as("missing: " + remedy)
                .isTrue();
        assumeTrue(there, "missing: " + remedy);
    }

    private static Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            try (InputStream in = Objects.requireNonNull(ClientsIT.class.getResourceAsStream("/clients/" + name))) {
                Files.copy(in, file);
            }
        }
        return file;
    }
}
