// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The Java client: what every client here does (see the README beside the others), told in lines `what: outcome`.
/// Loaded beside the newest client, and beside the oldest one: it uses only what both have.
public final class JavaClient implements BiFunction<String, Short, List<String>> {
    private static final int PARTITIONS = 3;
    private static final long BEGAN = 1_700_000_000_000L; // milliseconds; records are a second apart

    private final List<String> lines = new ArrayList<>();
    private final String prefix = "java" + KafkaProducer.class.getClassLoader().hashCode();
    private final String topic = prefix + "-records";
    private final String group = prefix + "-group";

    /// Takes `bootstrap.servers` and the replicas of new topics.
    @Override
    public List<String> apply(String servers, Short replicas) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(JavaClient.class.getClassLoader());
        Callable<List<String>> work = () -> work(servers, replicas);
        try {
            return work.call();
        } catch (Exception failed) {
            throw new IllegalStateException("after " + lines, failed);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private List<String> work(String servers, short replicas) throws Exception {
        try (AdminClient admin = AdminClient.create(config(servers))) {
            for (String what : List.of("topic created", "topic created again")) {
                NewTopic wanted = new NewTopic(topic, PARTITIONS, replicas);
                Map<String, String> configs = new HashMap<>();
                configs.put("max.message.bytes", "100000");
                configs.put("retention.ms", "-1"); // the records are of 2023
                wanted.configs(configs);
                attempt(what, admin.createTopics(Collections.singleton(wanted)).all());
            }
            produce(servers);
            offsets(servers);
            tooLarge(servers);
            tell("read in a group", readInGroup(servers, 300));
            tell("committed", committed(admin));
            send(config(servers), 300, 330);
            tell("read by the next member", readInGroup(servers, 30));
            transactions(admin, servers, replicas);

            TopicPartition first = new TopicPartition(topic, 0);
            DeletedRecords below = Objects.requireNonNull(
                            admin.deleteRecords(Collections.singletonMap(first, RecordsToDelete.beforeOffset(50)))
                                    .lowWatermarks()
                                    .get(first))
                    .get();
            tell("records deleted below", below.lowWatermark());
            attempt(
                    "group deleted",
                    admin.deleteConsumerGroups(Collections.singleton(group)).all());
            Collection<String> topics = Collections.singleton(topic);
            attempt("topic deleted", admin.deleteTopics(topics).all());
        }
        return lines;
    }

    /// Every codec has its share of 300 records, 100 in each partition.
    private void produce(String servers) throws ExecutionException, InterruptedException {
        String[] codecs = {"none", "gzip", "snappy", "lz4"};
        for (int share = 0; share < codecs.length; share++) {
            Properties config = config(servers);
            config.put("enable.idempotence", "true");
            config.put("compression.type", codecs[share]);
            send(config, share * 75, (share + 1) * 75);
        }
        tell("produced", 300);
    }

    private void send(Properties config, int from, int to) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (int n = from; n < to; n++) {
                ProducerRecord<String, String> record =
                        new ProducerRecord<>(topic, n % PARTITIONS, BEGAN + n * 1000L, "k" + n, "v" + n);
                record.headers().add("n", Integer.toString(n).getBytes(StandardCharsets.UTF_8));
                sent.add(producer.send(record));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    private void tooLarge(String servers) throws InterruptedException {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config(servers), new StringSerializer(), new StringSerializer())) {
            attempt(
                    "a record that is too large",
                    producer.send(new ProducerRecord<>(topic, String.join("", Collections.nCopies(200_000, "x")))));
        }
    }

    private KafkaConsumer<String, String> consumer(String servers, String group, String isolation) {
        Properties config = config(servers);
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", isolation);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private void offsets(String servers) {
        try (KafkaConsumer<String, String> looking = consumer(servers, group, "read_committed")) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            tell("ends", new TreeMap<>(byNumber(looking.endOffsets(all))).values());
            OffsetAndTimestamp at = looking.offsetsForTimes(Collections.singletonMap(all.get(0), BEGAN + 150_000))
                    .get(all.get(0));
            tell("offset of a time", Objects.requireNonNull(at).offset());
        }
    }

    private int readInGroup(String servers, int wanted) {
        int seen = 0;
        try (KafkaConsumer<String, String> member = consumer(servers, group, "read_committed")) {
            member.subscribe(Collections.singleton(topic));
            while (seen < wanted) {
                for (ConsumerRecord<String, String> record : member.poll(Duration.ofMillis(200))) {
                    seen++;
                    if (record.key().equals("k0")) {
                        tell(
                                "first record",
                                record.key() + "=" + record.value() + " n="
                                        + Arrays.toString(
                                                record.headers().lastHeader("n").value())
                                        + " at " + record.timestamp());
                    }
                }
            }
            member.commitSync();
        }
        return seen;
    }

    private Collection<Long> committed(AdminClient admin) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        found.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return byNumber(offsets).values();
    }

    private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> all = new TreeMap<>();
        offsets.forEach((partition, offset) -> all.put(partition.partition(), offset));
        return all;
    }

    /// Ten records are committed, ten are aborted, with offsets of a group.
    private void transactions(AdminClient admin, String servers, short replicas)
            throws ExecutionException, InterruptedException {
        String name = prefix + "-transactions";
        admin.createTopics(Set.of(new NewTopic(name, 1, replicas))).all().get();
        TopicPartition partition = new TopicPartition(name, 0);
        Properties config = config(servers);
        config.put("transactional.id", prefix + "-tx");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (boolean commit : new boolean[] {true, false}) {
                producer.beginTransaction();
                for (int n = 0; n < 10; n++) {
                    producer.send(new ProducerRecord<>(name, 0, null, Boolean.toString(commit)));
                }
                sendOffset(producer, partition, commit ? 7 : 9);
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        for (String isolation : List.of("committed", "uncommitted")) {
            try (KafkaConsumer<String, String> reader =
                    consumer(servers, prefix + "-" + isolation, "read_" + isolation)) {
                reader.assign(Collections.singleton(partition));
                reader.seekToBeginning(Collections.singleton(partition));
                List<String> seen = new ArrayList<>();
                while (seen.size() < (isolation.equals("committed") ? 10 : 20)) {
                    reader.poll(Duration.ofMillis(200)).forEach(record -> seen.add(record.value()));
                }
                int committed = Collections.frequency(seen, "true");
                tell("read " + isolation, committed + " committed, " + (seen.size() - committed) + " aborted");
            }
        }
        tell(
                "offset of the transaction",
                Objects.requireNonNull(admin.listConsumerGroupOffsets(prefix + "-tx-group")
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .get(partition))
                        .offset());
    }

    /// By the method that old clients have, or by the one that replaced it: neither generation has both.
    private void sendOffset(KafkaProducer<String, String> producer, TopicPartition partition, long offset) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                Collections.singletonMap(partition, new OffsetAndMetadata(offset));
        try {
            Class<?> metadata = Class.forName("org.apache.kafka.clients.consumer.ConsumerGroupMetadata");
            KafkaProducer.class
                    .getMethod("sendOffsetsToTransaction", Map.class, metadata)
                    .invoke(
                            producer,
                            offsets,
                            metadata.getConstructor(String.class).newInstance(prefix + "-tx-group"));
        } catch (ClassNotFoundException old) {
            sendOffsetAsOf2018(producer, offsets);
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void sendOffsetAsOf2018(
            KafkaProducer<String, String> producer, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            KafkaProducer.class
                    .getMethod("sendOffsetsToTransaction", Map.class, String.class)
                    .invoke(producer, offsets, prefix + "-tx-group");
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Properties config(String servers) {
        Properties config = new Properties();
        config.put("bootstrap.servers", servers);
        return config;
    }

    private void attempt(String what, Future<?> future) throws InterruptedException {
        try {
            future.get();
            tell(what, "works");
        } catch (ExecutionException failed) {
            tell(what, Objects.requireNonNull(failed.getCause()).getClass().getSimpleName());
        }
    }

    private void tell(String what, Object outcome) {
        lines.add(what + ": " + outcome);
    }
}
