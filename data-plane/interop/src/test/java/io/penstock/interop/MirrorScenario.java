// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// MirrorMaker 2 between Penstock and Apache Kafka: topics, configs and groups' offsets, both ways.
final class MirrorScenario implements AutoCloseable {
    private static final String TOPIC = "mirrored";
    private static final String GROUP = "mirrored-readers";

    private final Side penstock;
    private final KafkaDistribution.Running process;

    /// Both clusters have topic and group before the process starts: it looks for new ones but rarely.
    MirrorScenario(KafkaDistribution kafka, Side penstock, Side apache)
            throws IOException, InterruptedException, ExecutionException {
        this.penstock = penstock;
        Map<String, String> config = new TreeMap<>();
        config.put("clusters", "penstock,apache");
        for (Side side : List.of(penstock, apache)) {
            prepare(side);
            String name = nameOf(side);
            config.put(name + ".bootstrap.servers", side.servers());
            config.put(name + ".config.storage.replication.factor", Short.toString(side.replicas()));
            config.put(name + ".offset.storage.replication.factor", Short.toString(side.replicas()));
            config.put(name + ".status.storage.replication.factor", Short.toString(side.replicas()));
        }
        for (String flow : List.of("penstock->apache", "apache->penstock")) {
            Side target = flow.endsWith("penstock") ? penstock : apache;
            config.put(flow + ".enabled", "true");
            config.put(flow + ".topics", TOPIC);
            config.put(flow + ".groups", GROUP);
            config.put(flow + ".replication.factor", Short.toString(target.replicas()));
            config.put(flow + ".sync.group.offsets.enabled", "true");
            config.put(flow + ".emit.checkpoints.interval.seconds", "1");
            config.put(flow + ".sync.group.offsets.interval.seconds", "1");
            config.put(flow + ".offset.lag.max", "0");
            config.put(flow + ".checkpoints.topic.replication.factor", Short.toString(target.replicas()));
            config.put(flow + ".heartbeats.topic.replication.factor", Short.toString(target.replicas()));
            config.put(flow + ".offset-syncs.topic.replication.factor", "1");
        }
        process = kafka.start("mirror-maker", "org.apache.kafka.connect.mirror.MirrorMaker", config);
    }

    private static void prepare(Side side) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", side.servers()));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", side.servers()), new StringSerializer(), new StringSerializer())) {
            NewTopic topic = new NewTopic(TOPIC, 2, side.replicas()).configs(Map.of("retention.ms", "86400000"));
            admin.createTopics(List.of(topic)).all().get();
            for (int n = 0; n < 100; n++) {
                producer.send(new ProducerRecord<>(TOPIC, n % 2, "k" + n, "v" + n))
                        .get();
            }
            Map<TopicPartition, OffsetAndMetadata> read = Map.of(
                    new TopicPartition(TOPIC, 0), new OffsetAndMetadata(50),
                    new TopicPartition(TOPIC, 1), new OffsetAndMetadata(50));
            admin.alterConsumerGroupOffsets(GROUP, read).all().get();
        }
    }

    /// What was carried from there to here.
    List<String> carried(Side from, Side to) throws ExecutionException, InterruptedException {
        Transcript transcript = new Transcript();
        String remote = nameOf(from) + "." + TOPIC;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", to.servers()))) {
            for (int tries = 0; tries < 600 && !admin.listTopics().names().get().contains(remote); tries++) {
                Thread.sleep(500);
            }
            transcript.tell("records", read(to, remote));
            transcript.tell(
                    "partitions",
                    admin.describeTopics(List.of(remote))
                            .allTopicNames()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .partitions()
                            .size());
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, remote);
            transcript.tell(
                    "retention.ms",
                    admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .get("retention.ms")
                            .value());
            transcript.tell("offsets of the group", offsets(admin, remote));
        }
        return transcript.lines();
    }

    private static int read(Side side, String topic) {
        Map<String, Object> config = Map.of("bootstrap.servers", side.servers());
        int seen = 0;
        try (KafkaConsumer<String, String> reader =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            reader.assign(all);
            reader.seekToBeginning(all);
            for (int polls = 0; polls < 600 && seen < 100; polls++) {
                seen += reader.poll(Duration.ofMillis(200)).count();
            }
        }
        return seen;
    }

    /// Their sum, once they were carried.
    private static long offsets(Admin admin, String topic) throws ExecutionException, InterruptedException {
        long sum = 0;
        for (int tries = 0; tries < 240 && sum < 100; tries++) {
            sum = admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .filter(entry -> entry.getKey().topic().equals(topic))
                    .mapToLong(entry -> entry.getValue().offset())
                    .sum();
            Thread.sleep(500);
        }
        return sum;
    }

    private String nameOf(Side side) {
        return side.equals(penstock) ? "penstock" : "apache";
    }

    @Override
    public void close() {
        process.close();
    }
}
