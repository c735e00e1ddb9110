// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.testing.BrokerOnPrefix;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.file.FileStoreSettings;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Buckets as earlier releases left them, every broker killed: what they acknowledged is read by this one, with
/// everything real but the control plane. The folders under `releases` are never changed; a release adds its own.
@Timeout(120)
class EarlierReleasesTest {
    private static final Duration A_WHILE = Duration.ofMillis(300);

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = "0.1.0")
    void everythingThatAReleaseAcknowledgedIsReadByThisOne(String release) throws Exception {
        Path bucket = unpacked(release);
        try (FileObjectStore store = FileObjectStore.open(
                        bucket,
                        Runnable::run,
                        new SecureRandom(),
                        InstantSource.system(),
                        FileStoreSettings.defaults());
                BrokerOnPrefix broker = new BrokerOnPrefix(store, onlyCluster(bucket))) {
            Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(client)) {
                List<String> topics = topics(admin);

                assertThat(topics).isEqualTo(expected(release, "topics.tsv"));
                assertThat(records(client, admin)).isEqualTo(expected(release, "records.tsv"));
                assertThat(groups(admin)).isEqualTo(expected(release, "groups.tsv"));
            }
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
                long next = producer.send(new ProducerRecord<>("orders", 0, null, new byte[] {1}))
                        .get()
                        .offset();

                assertThat(next).isEqualTo(recordsOf(release, "orders\t0\t"));
            }
        }
    }

    private static List<String> topics(Admin admin) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String name : admin.listTopics().names().get().stream().sorted().toList()) {
            TopicDescription topic = description(admin, name);
            lines.add(name + "\t" + topic.topicId() + "\t" + topic.partitions().size());
        }
        return lines;
    }

    private static TopicDescription description(Admin admin, String topic) throws Exception {
        return Objects.requireNonNull(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .get();
    }

    private static List<String> records(Map<String, Object> client, Admin admin) throws Exception {
        List<String> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (String topic :
                    admin.listTopics().names().get().stream().sorted().toList()) {
                int partitions = description(admin, topic).partitions().size();
                for (int number = 0; number < partitions; number++) {
                    TopicPartition partition = new TopicPartition(topic, number);
                    consumer.assign(List.of(partition));
                    consumer.seekToBeginning(List.of(partition));
                    long end = Objects.requireNonNull(
                            consumer.endOffsets(List.of(partition)).get(partition));
                    while (consumer.position(partition) < end) {
                        consumer.poll(A_WHILE).forEach(record -> lines.add(line(record)));
                    }
                }
            }
        }
        return lines;
    }

    private static String line(ConsumerRecord<byte[], byte[]> record) {
        StringJoiner line = new StringJoiner("\t");
        line.add(record.topic()).add(Integer.toString(record.partition())).add(Long.toString(record.offset()));
        line.add(Long.toString(record.timestamp())).add(text(record.key())).add(text(record.value()));
        StringBuilder headers = new StringBuilder();
        record.headers()
                .forEach(header -> headers.append(header.key())
                        .append('=')
                        .append(text(header.value()))
                        .append(';'));
        return line.add(headers).toString();
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "-" : '"' + new String(bytes, StandardCharsets.UTF_8) + '"';
    }

    private static List<String> groups(Admin admin) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String group : List.of("audit", "billing")) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<String, OffsetAndMetadata> sorted = new TreeMap<>();
            offsets.forEach((partition, offset) -> sorted.put(partition.toString(), offset));
            sorted.forEach((partition, offset) ->
                    lines.add(group + "\t" + partition + "\t" + offset.offset() + "\t" + offset.metadata()));
        }
        return lines;
    }

    private static long recordsOf(String release, String partition) throws IOException {
        return expected(release, "records.tsv").stream()
                .filter(line -> line.startsWith(partition))
                .count();
    }

    private static List<String> expected(String release, String file) throws IOException {
        try (InputStream in = resource(release, file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static InputStream resource(String release, String file) {
        String name = "/releases/" + release + "/" + file;
        return Objects.requireNonNull(EarlierReleasesTest.class.getResourceAsStream(name), name);
    }

    private Path unpacked(String release) throws IOException {
        Path zip = folder.resolve("bucket.zip");
        try (InputStream in = resource(release, "bucket.zip")) {
            Files.copy(in, zip);
        }
        Path bucket = Files.createDirectory(folder.resolve("bucket"));
        try (FileSystem files = FileSystems.newFileSystem(zip)) {
            Path root = files.getPath("/");
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    Path target = bucket.resolve(root.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        return bucket;
    }

    /// The folder two levels below the bucket's root: tenant, cluster.
    private static ClusterPrefix onlyCluster(Path bucket) throws IOException {
        try (Stream<Path> folders = Files.walk(bucket, 2)) {
            Path cluster = folders.filter(path ->
                            bucket.relativize(path).getNameCount() == 2 && !path.startsWith(bucket.resolve("@tmp")))
                    .findFirst()
                    .orElseThrow();
            Path below = bucket.relativize(cluster);
            return ClusterPrefix.of(
                    below.getName(0).toString(), below.getName(1).toString());
        }
    }
}
