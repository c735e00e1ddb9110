// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What a transactional application does, told step by step in words that are the same wherever it runs.
final class TransactionScenarios {
    private final String servers;
    private final short replicas;
    private final Transcript transcript = new Transcript();

    TransactionScenarios(Side side) {
        this.servers = side.servers();
        this.replicas = side.replicas();
    }

    List<String> all() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            commitAndAbort(admin);
            zombie(admin);
            timeOut(admin);
            consumeTransformProduce(admin);
            oldGroupMember(admin);
            tools(admin);
        }
        return transcript.lines();
    }

    private void commitAndAbort(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "commit", 3);
        try (KafkaProducer<String, String> producer = producer("commit")) {
            attempt("commit before init", producer::commitTransaction);
            producer.initTransactions();
            attempt("begin twice", () -> {
                producer.beginTransaction();
                producer.beginTransaction();
            });
            producer.abortTransaction();
            for (int n = 0; n < 6; n++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 3; partition++) {
                    producer.send(record("commit", partition, "t" + n));
                }
                if (n % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
            settle(admin, "commit", 3);
            tell("committed", committed("commit", 3));
            tell("all", read("commit", 3, "read_uncommitted"));
            producer.beginTransaction();
            producer.send(record("commit", 0, "open"));
            producer.flush();
            tell("while one is open", committed("commit", 3));
            tell("stable end", latest(admin, "commit", IsolationLevel.READ_COMMITTED));
            tell("end", latest(admin, "commit", IsolationLevel.READ_UNCOMMITTED));
            producer.abortTransaction();
        }
    }

    private void zombie(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "zombie", 1);
        try (KafkaProducer<String, String> zombie = producer("zombie")) {
            zombie.initTransactions();
            zombie.beginTransaction();
            zombie.send(record("zombie", 0, "zombie"));
            zombie.flush();
            try (KafkaProducer<String, String> heir = producer("zombie")) {
                heir.initTransactions();
                heir.beginTransaction();
                heir.send(record("zombie", 0, "heir"));
                heir.commitTransaction();
            }
            attempt("the zombie commits", zombie::commitTransaction);
        }
        settle(admin, "zombie", 1);
        tell("after the zombie", committed("zombie", 1));
    }

    private void timeOut(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "time-out", 1);
        try (KafkaProducer<String, String> slow = producer("slow", "transaction.timeout.ms", 1000)) {
            slow.initTransactions();
            slow.beginTransaction();
            slow.send(record("time-out", 0, "late"));
            slow.flush();
            settle(admin, "time-out", 1); // the coordinator aborts by itself
            attempt("commit after the time-out", slow::commitTransaction);
            tell("after the time-out", committed("time-out", 1));
        }
        try (KafkaProducer<String, String> greedy = producer("greedy", "transaction.timeout.ms", 3_600_000)) {
            attempt("a time-out of an hour", greedy::initTransactions);
        }
    }

    private void consumeTransformProduce(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "in", 2);
        create(admin, "out", 2);
        try (KafkaProducer<String, String> input = producer("input")) {
            input.initTransactions();
            input.beginTransaction();
            for (int n = 0; n < 40; n++) {
                input.send(record("in", n % 2, "v" + n));
            }
            input.commitTransaction();
        }
        Map<String, Object> config = config("group.id", "transform");
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.put("max.poll.records", 7);
        int done = 0;
        int round = 0;
        try (KafkaProducer<String, String> producer = producer("transform");
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of("in"));
            while (done < 40) {
                var records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    continue;
                }
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (ConsumerRecord<String, String> record : records) {
                    producer.send(record("out", record.partition(), record.value() + "!"));
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                if (round++ % 3 == 1) {
                    producer.abortTransaction();
                    Map<TopicPartition, OffsetAndMetadata> known = consumer.committed(consumer.assignment());
                    consumer.assignment().forEach(partition -> {
                        OffsetAndMetadata offset = known.get(partition);
                        consumer.seek(partition, offset == null ? 0 : offset.offset());
                    });
                } else {
                    producer.commitTransaction();
                    done += records.count();
                }
            }
        }
        settle(admin, "out", 2);
        tell("transformed", committed("out", 2));
        Map<String, Long> offsets = new TreeMap<>();
        admin.listConsumerGroupOffsets("transform")
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition.toString(), offset.offset()));
        tell("offsets of the group", offsets.toString());
    }

    @SuppressWarnings("removal") // nobody else makes the metadata of a member that is none
    private void oldGroupMember(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "member", 1);
        try (KafkaProducer<String, String> producer = producer("member")) {
            producer.initTransactions();
            producer.beginTransaction();
            attempt(
                    "offsets of a member that is not in the group",
                    () -> producer.sendOffsetsToTransaction(
                            Map.of(new TopicPartition("member", 0), new OffsetAndMetadata(1)),
                            new ConsumerGroupMetadata("transform", 77, "nobody", Optional.empty())));
            attempt("commit after it", producer::commitTransaction);
            attempt("abort after it", producer::abortTransaction);
        }
    }

    private void tools(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "tools", 1);
        TopicPartition partition = new TopicPartition("tools", 0);
        try (KafkaProducer<String, String> producer = producer("tools")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("tools", 0, "a"));
            producer.commitTransaction();
            settle(admin, "tools", 1);
            producer.beginTransaction();
            producer.send(record("tools", 0, "b"));
            producer.flush();
            var described = admin.describeTransactions(List.of("tools"))
                    .description("tools")
                    .get();
            tell(
                    "described",
                    described.state() + " " + described.topicPartitions() + " epoch " + described.producerEpoch()
                            + " time-out " + described.transactionTimeoutMs());
            attempt(
                    "an id that nobody used",
                    () -> admin.describeTransactions(List.of("nobody"))
                            .description("nobody")
                            .get());
            var active = admin.describeProducers(List.of(partition))
                    .partitionResult(partition)
                    .get()
                    .activeProducers()
                    .getFirst();
            tell(
                    "producer",
                    "epoch " + active.producerEpoch() + " sequence " + active.lastSequence() + " begins "
                            + active.currentTransactionStartOffset());
            tell(
                    "listed",
                    admin.listTransactions().all().get().stream()
                            .filter(listing -> listing.transactionalId().equals("tools"))
                            .map(listing -> listing.state().toString())
                            .toList()
                            .toString());
            producer.abortTransaction();
        }
    }

    // ---- words

    private void attempt(String what, Transcript.Act act) throws InterruptedException {
        transcript.attempt(what, act);
    }

    private void tell(String what, String outcome) {
        transcript.tell(what, outcome);
    }

    private void create(Admin admin, String topic, int partitions) throws ExecutionException, InterruptedException {
        admin.createTopics(Set.of(new NewTopic(topic, partitions, replicas)))
                .all()
                .get();
    }

    private Map<String, Object> config(Object... more) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", servers));
        for (int i = 0; i < more.length; i += 2) {
            config.put((String) more[i], more[i + 1]);
        }
        return config;
    }

    private KafkaProducer<String, String> producer(String transactionalId, Object... more) {
        Map<String, Object> config = config(more);
        config.put("transactional.id", transactionalId);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static ProducerRecord<String, String> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value);
    }

    private String committed(String topic, int partitions) {
        return read(topic, partitions, "read_committed");
    }

    private String read(String topic, int partitions, String isolation) {
        Map<Integer, List<String>> values = new TreeMap<>();
        Map<String, Object> config = config("isolation.level", isolation);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            for (int partition = 0; partition < partitions; partition++) {
                TopicPartition one = new TopicPartition(topic, partition);
                consumer.assign(List.of(one));
                consumer.seekToBeginning(List.of(one));
                long end =
                        Objects.requireNonNull(consumer.endOffsets(List.of(one)).get(one));
                List<String> found = values.computeIfAbsent(partition, any -> new ArrayList<>());
                while (consumer.position(one) < end) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> found.add(record.value()));
                }
            }
        }
        return values.toString();
    }

    private static String latest(Admin admin, String topic, IsolationLevel level)
            throws ExecutionException, InterruptedException {
        TopicPartition first = new TopicPartition(topic, 0);
        return Long.toString(admin.listOffsets(Map.of(first, OffsetSpec.latest()), new ListOffsetsOptions(level))
                .partitionResult(first)
                .get()
                .offset());
    }

    /// Markers come after the answer: waits until no transaction is open.
    private static void settle(Admin admin, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        for (int partition = 0; partition < partitions; partition++) {
            TopicPartition one = new TopicPartition(topic, partition);
            for (int attempt = 0; attempt < 600; attempt++) {
                boolean open =
                        admin.describeProducers(List.of(one)).partitionResult(one).get().activeProducers().stream()
                                .anyMatch(producer ->
                                        producer.currentTransactionStartOffset().isPresent());
                if (!open) {
                    break;
                }
                Thread.sleep(100);
            }
        }
    }
}
