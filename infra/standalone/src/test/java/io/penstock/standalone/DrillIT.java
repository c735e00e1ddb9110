// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.objectstore.s3.VersityGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the README promises, on real processes: counts only, never time.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillIT {
    private static final int RECORDS = 100;

    @TempDir
    static Path folder = Path.of("");

    private static RunningPenstock penstock = new RunningPenstock(folder);

    @BeforeAll
    static void up() throws Exception {
        penstock = new RunningPenstock(folder.resolve("data")).up();
    }

    @AfterAll
    static void down() throws Exception {
        penstock.close();
    }

    @Test
    @Order(1)
    void everyBrokerLeadsShards() throws Exception {
        JsonNode status = penstock.status();

        assertThat(status.path("clusters").get(0).path("phase").asString()).isEqualTo("READY");
        assertThat(status.path("brokers")
                        .valueStream()
                        .map(broker -> broker.path("shards_led").asInt()))
                .hasSize(3)
                .allMatch(shards -> shards > 0);
    }

    @Test
    @Order(1)
    @EnabledOnOs(OS.LINUX)
    void brokersWriteNothingButTheirLogAndTheBucket() throws Exception {
        // Each codec unpacks, loads and uses its native code in the brokers, that check what is in batches.
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            produce("codecs", codec, 60, _ -> null);
        }

        List<Long> brokers = brokerPids();

        Path logs = penstock.folder().logs();
        Path bucket = penstock.folder().bucket();
        assertThat(brokers).hasSize(3).allSatisfy(pid -> {
            ProcessFiles files = ProcessFiles.of(pid);
            assertThat(files.writable())
                    .isNotEmpty()
                    .allMatch(file -> file.startsWith(logs) || file.startsWith(bucket));
            assertThat(files.mappedAndYoungerThanTheProcess()).isEmpty();
            assertThat(files.workingFolder()).isEqualTo(Path.of("/"));
            assertThat(files.argument("-Djava.io.tmpdir=")).isEqualTo("/proc");
        });
    }

    @Test
    @Order(1)
    void aDeletedTopicIsRestoredWithItsRecordsUnlessItsNameIsInUse() throws Exception {
        PenstockApi api = penstock.api();
        String topics = "/v1/clusters/"
                + api.named("/v1/clusters", "demo").orElseThrow().path("id").asString() + "/topics";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", penstock.bootstrapServers()))) {
            create(admin, "regretted", 3);
            produce("regretted", "none", 90, record -> record % 3);
            String id = api.get(topics + "/regretted").path("id").asString();
            List<String> before = read("regretted", 3);
            assertThat(before).hasSize(90);

            admin.deleteTopics(List.of("regretted")).all().get();
            await().until(() -> api.named(topics, "regretted").isEmpty());
            assertThat(api.named(topics + "?deleted=true", "regretted")
                            .orElseThrow()
                            .path("id")
                            .asString())
                    .isEqualTo(id);
            create(admin, "regretted", 1);
            assertThatThrownBy(() -> api.post(topics + "/regretted/restores?topic_id=" + id, Map.of()))
                    .hasMessageContaining("409 already_exists")
                    .hasMessageContaining("made anew since");
            admin.deleteTopics(List.of("regretted")).all().get();
            await().until(() -> api.named(topics, "regretted").isEmpty());

            JsonNode restored = api.post(topics + "/regretted/restores?topic_id=" + id, Map.of());

            assertThat(restored.path("id").asString()).isEqualTo(id);
            assertThat(restored.path("spec").path("partitions").asInt()).isEqualTo(3);
            assertThat(read("regretted", 3)).isEqualTo(before);
            produce("regretted", "none", 3, record -> record % 3);
            assertThat(read("regretted", 3)).hasSize(93).containsAll(before);
        }
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /// All that is in the topic, with partition and offset, in their order.
    private static List<String> read(String topic, int partitions) throws Exception {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer("all-of-it")) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream()
                    .anyMatch(partition -> consumer.position(partition) < requireNonNull(ends.get(partition)))) {
                consumer.poll(Duration.ofMillis(500))
                        .forEach(record -> read.add(record.partition() + "/" + record.offset() + ":" + record.value()));
            }
        }
        read.sort(Comparator.naturalOrder());
        return read;
    }

    @Test
    @Order(2)
    void killingABrokerUnderLoadLosesNothing() throws Exception {
        JsonNode report = penstock.drill("broker-kill", 9);

        assertThatNothingIsLost(report);
        assertThat(report.path("shards_moved").asInt()).isPositive();
    }

    @Test
    @Order(3)
    void aFrozenBrokerThatWakesAsAZombieForksNothing() throws Exception {
        JsonNode report = penstock.drill("broker-freeze", 12);

        assertThatNothingIsLost(report);
        assertThat(report.path("shards_moved").asInt()).isPositive();
    }

    @Test
    @Order(3)
    void transactionsAreWholeAfterTheirCoordinatorDied() throws Exception {
        JsonNode report = penstock.drill("broker-kill", 9, "--transactions");

        assertThat(report.path("committed").asLong()).isPositive();
        assertThat(report.path("shards_moved").asInt()).isPositive();
        for (String wrong : List.of("lost", "duplicated", "torn", "aborted_read", "uncommitted", "hanging")) {
            assertThat(report.path(wrong).asLong()).as(wrong).isZero();
        }
    }

    @Test
    @Order(4)
    void clientsDoNotNoticeThatTheControlPlaneIsAway() throws Exception {
        JsonNode report = penstock.drill("control-plane-kill", 9);

        assertThatNothingIsLost(report);
        assertThat(report.path("produce_errors").isEmpty()).isTrue();
    }

    @Test
    @Order(5)
    void aBrokerThatDiesMeanwhileIsReplacedWhenTheControlPlaneIsBack() throws Exception {
        JsonNode report = penstock.drill("control-plane-kill", 9, "--and-broker");

        assertThatNothingIsLost(report);
        assertThat(report.path("shards_moved").asInt()).isPositive();
        assertThat(report.path("produce_errors").isEmpty()).isTrue();
        assertThat(report.path("time_from_return_ms").isNumber()).isTrue();
    }

    @Test
    @Order(6)
    void chaosShowsItsClientsNothingImpossible() throws Exception {
        // A kill, a freeze, a slow store, a failing one, a new member and a new producer.
        JsonNode report = penstock.drill("chaos", 20, "--seed", "4657");

        assertThat(report.path("acknowledged").asLong()).isPositive();
        assertThat(report.path("read").asLong())
                .isGreaterThanOrEqualTo(report.path("acknowledged").asLong());
        assertThat(report.path("blows").isEmpty()).isFalse();
        assertThat(report.path("anomalies").isEmpty()).isTrue();
        assertThat(report.path("unread_by_group").asLong()).isZero();
    }

    @Test
    @Order(7)
    void aFailingBucketSlowsProducersDownAndFailsNoneOfThem() throws Exception {
        JsonNode report = penstock.drill("bucket-errors", 6);

        assertThatNothingIsLost(report);
        assertThat(report.path("produce_errors").isEmpty()).isTrue();
    }

    @Test
    @Order(8)
    void aBucketWithKeysOfItsOwnIsServedAndItsKeysAreNeverShown(@TempDir Path place) throws Exception {
        String secret = "a-secret-that-nobody-may-see";
        String newSecret = "another-secret-that-nobody-may-see";
        VersityGateway s3 = VersityGateway.start(place, "an-access-key", secret);
        try {
            s3.createBucket("keyed");
            PenstockApi api = penstock.api();
            String bucket = api.post(
                            "/v1/buckets",
                            Map.of(
                                    "metadata",
                                    Map.of("name", "keyed"),
                                    "spec",
                                    Map.of(
                                            "uri",
                                            s3.uri("keyed/root"),
                                            "credentials",
                                            Map.of("access_key_id", "an-access-key", "secret_access_key", secret))))
                    .path("id")
                    .asString();
            String tenant =
                    api.named("/v1/tenants", "demo").orElseThrow().path("id").asString();
            String cluster = api.post(
                            "/v1/clusters",
                            Map.of(
                                    "metadata",
                                    Map.of("name", "on-s3", "tenant_id", tenant),
                                    "spec",
                                    Map.of(
                                            "bucket_id",
                                            bucket,
                                            "shards",
                                            6,
                                            "auto_create_topics",
                                            true,
                                            "authentication",
                                            "OPEN_ON_LOOPBACK")))
                    .path("id")
                    .asString();
            String bootstrap = ready(api, cluster).path("bootstrap_servers").asString();

            produce(bootstrap, "keyed");
            assertThat(latest(bootstrap, "keyed")).isEqualTo(RECORDS);

            List<Long> brokers = brokerPids();
            s3 = s3.rekeyed("another-access-key", newSecret);
            api.patch(
                    "/v1/buckets/" + bucket,
                    Map.of(
                            "spec",
                            Map.of(
                                    "credentials",
                                    Map.of("access_key_id", "another-access-key", "secret_access_key", newSecret))));
            produce(bootstrap, "keyed");

            assertThat(latest(bootstrap, "keyed")).as("with other keys").isEqualTo(2 * RECORDS);
            assertThat(brokerPids()).as("nobody was started anew").isEqualTo(brokers);
            assertThat(api.get("/v1/buckets/" + bucket).toString()).doesNotContain(secret, newSecret);
            try (Stream<Path> logs = Files.walk(penstock.folder().root().resolve("logs"))) {
                for (Path log : logs.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(log)).as(log.toString()).doesNotContain(secret, newSecret);
                }
            }
            delete(api, cluster);
            assertThat(api.named("/v1/clusters?deleted=true", "on-s3")).isPresent();
            api.post("/v1/clusters/" + cluster + "/restores", Map.of());
            JsonNode restored = ready(api, cluster);
            assertThat(latest(restored.path("bootstrap_servers").asString(), "keyed"))
                    .as("after a deletion that was taken back")
                    .isEqualTo(2 * RECORDS);
            delete(api, cluster);
        } finally {
            s3.close();
        }
    }

    private static List<Long> brokerPids() throws Exception {
        return penstock.status()
                .path("brokers")
                .valueStream()
                .map(broker -> broker.path("pid").asLong())
                .toList();
    }

    private static JsonNode ready(PenstockApi api, String cluster) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> api.get("/v1/clusters/" + cluster).path("status"),
                        status -> status.path("phase").asString().equals("READY"));
    }

    private static void delete(PenstockApi api, String cluster) {
        api.delete("/v1/clusters/" + cluster);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> api.get("/v1/clusters")
                        .path("data")
                        .valueStream()
                        .noneMatch(found -> found.path("id").asString().equals(cluster)));
    }

    @Test
    @Order(9)
    void everythingAcknowledgedSurvivesTheEndOfEveryProcessAndOfTheirFiles() throws Exception {
        produce("survivors", "none", 100, _ -> 0);
        TopicPartition partition = new TopicPartition("survivors", 0);
        try (KafkaConsumer<String, String> consumer = consumer("survivors-readers")) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(40)));
        }

        killEverything();
        DataFolder data = penstock.folder();
        deleteFolder(data.logs());
        deleteFolder(data.root().resolve("join-tokens"));
        penstock.up();

        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer("survivors-readers")) {
            consumer.assign(List.of(partition));
            assertThat(consumer.committed(Set.of(partition)).get(partition)).isEqualTo(new OffsetAndMetadata(40));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < 100) {
                consumer.poll(Duration.ofMillis(500))
                        .forEach(record -> read.add(record.offset() + ":" + record.value()));
            }
        }
        assertThat(read)
                .isEqualTo(IntStream.range(0, 100).mapToObj(n -> n + ":v" + n).toList());
    }

    private static void produce(String bootstrap, String topic) throws Exception {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int record = 0; record < RECORDS; record++) {
                producer.send(new ProducerRecord<>(topic, 0, "k", "v" + record)).get();
            }
        }
    }

    private static long latest(String bootstrap, String topic) throws Exception {
        Properties admins = new Properties();
        admins.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        try (Admin admin = Admin.create(admins)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    private static void produce(String topic, String codec, int records, IntFunction<@Nullable Integer> partition)
            throws Exception {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, penstock.bootstrapServers());
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, codec);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int record = 0; record < records; record++) {
                sent.add(producer.send(
                        new ProducerRecord<>(topic, partition.apply(record), "k" + record, "v" + record)));
            }
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    private static KafkaConsumer<String, String> consumer(String group) throws Exception {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, penstock.bootstrapServers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    private static void deleteFolder(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    @Test
    @Order(10)
    void afterAllThatTheBucketIsWhole() throws Exception {
        RunningPenstock.Answer answer = penstock.check();

        assertThat(answer.exitCode()).as(answer.output()).isZero();
        assertThat(answer.output()).contains(": WHOLE");
    }

    private static void killEverything() throws Exception {
        DataFolder data = penstock.folder();
        ProcessHandle supervisor =
                ProcessHandle.of(data.running().orElseThrow().supervisorPid()).orElseThrow();
        List<ProcessHandle> all =
                new java.util.ArrayList<>(supervisor.descendants().toList());
        all.add(0, supervisor);
        all.addAll(LocalProcesses.controlPlanes(data));
        all.addAll(LocalProcesses.brokers(data));
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            process.onExit().join();
        }
        assertThat(Files.exists(data.root())).isTrue();
    }

    private static void assertThatNothingIsLost(JsonNode report) {
        assertThat(report.path("acknowledged").asLong()).isPositive();
        assertThat(report.path("lost").asLong()).isZero();
        assertThat(report.path("duplicated").asLong()).isZero();
        assertThat(report.path("out_of_order").asLong()).isZero();
        assertThat(report.path("missed_by_group").asLong()).isZero();
    }
}
