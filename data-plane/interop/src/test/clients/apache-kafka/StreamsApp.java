// SPDX-License-Identifier: Apache-2.0

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Produced;

/// A Kafka Streams application that counts words exactly once, is stopped, loses its disk, and goes on. Arguments:
/// `bootstrap.servers`, what names begin with, replicas of topics, and `classic` or `streams` (KIP-1071).
public class StreamsApp {
    static String servers, app, words, counts, protocol;
    static short replicas;

    public static void main(String[] arguments) throws Exception {
        servers = arguments[0];
        replicas = Short.parseShort(arguments[2]);
        protocol = arguments[3];
        app = arguments[1] + "-" + protocol;
        words = app + "-words";
        counts = app + "-counts";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(words, 3, replicas), new NewTopic(counts, 3, replicas))).all().get();
            say("to be or not to be that is the question");
            Map<String, Long> first = countUntil(Map.of("to", 2L, "be", 2L, "question", 1L), admin);
            tell("counted", first);
            say("to be is to do");
            tell("counted after a restart without a disk", countUntil(Map.of("to", 4L, "be", 3L, "is", 2L, "do", 1L), null));
            for (String topic : new java.util.TreeSet<>(admin.listTopics().names().get())) {
                if (topic.startsWith(app + "-") && (topic.endsWith("-repartition") || topic.endsWith("-changelog"))) {
                    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                    var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
                    tell(
                            "internal topic " + topic,
                            admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size()
                                    + " partitions, cleanup.policy=" + config.get("cleanup.policy").value());
                }
            }
        }
    }

    static void tell(String what, Object outcome) {
        System.out.println(what + ": " + outcome);
    }

    static void say(String sentence) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            for (String word : sentence.split(" ")) {
                producer.send(new ProducerRecord<>(words, Integer.toString(word.hashCode()), word)).get();
            }
        }
    }

    /// Runs the application until the counts are there, and a little longer, for there must be no more.
    static Map<String, Long> countUntil(Map<String, Long> wanted, Admin admin) throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> input = builder.stream(words);
        input.groupBy((key, word) -> word, Grouped.as("by-word"))
                .count(Named.as("count"), Materialized.as("counts"))
                .toStream()
                .to(counts, Produced.valueSerde(Serdes.Long()));
        Properties config = new Properties();
        config.putAll(Map.of(
                "application.id", app,
                "bootstrap.servers", servers,
                "group.protocol", protocol,
                "processing.guarantee", "exactly_once_v2",
                "default.key.serde", Serdes.StringSerde.class.getName(),
                "default.value.serde", Serdes.StringSerde.class.getName(),
                "statestore.cache.max.bytes", "0",
                "commit.interval.ms", "200",
                "num.stream.threads", "2",
                "state.dir", java.nio.file.Files.createTempDirectory("streams").toString()));
        KafkaStreams streams = new KafkaStreams(builder.build(), config);
        Map<String, Long> seen = new TreeMap<>();
        try (streams;
                KafkaConsumer<String, Long> reader = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", servers,
                                "group.id", app + "-reader",
                                "auto.offset.reset", "earliest",
                                "enable.auto.commit", "false",
                                "isolation.level", "read_committed"),
                        new StringDeserializer(),
                        new LongDeserializer())) {
            streams.start();
            reader.subscribe(List.of(counts));
            long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            int quiet = 0;
            while (System.nanoTime() < until && quiet < 10) {
                var records = reader.poll(Duration.ofMillis(200));
                records.forEach(record -> seen.put(record.key(), record.value()));
                quiet = records.isEmpty() && seen.entrySet().containsAll(wanted.entrySet()) ? quiet + 1 : 0;
            }
            if (admin != null) {
                group(admin);
            }
        }
        return seen;
    }

    /// What tools see of the running application.
    static void group(Admin admin) throws Exception {
        tell("listed", admin.listGroups().all().get().stream()
                .filter(group -> group.groupId().equals(app))
                .map(group -> group.type().map(Object::toString).orElse("?") + " " + group.protocol() + " "
                        + group.groupState().map(Object::toString).orElse("?"))
                .toList());
        if (protocol.equals("streams")) {
            var group = admin.describeStreamsGroups(List.of(app)).all().get().get(app);
            tell("described", group.groupState() + ", " + group.members().size() + " members");
            group.subtopologies().forEach(part -> tell(
                    "subtopology " + part.subtopologyId(),
                    part.sourceTopics() + " " + part.repartitionSinkTopics() + " "
                            + part.repartitionSourceTopics().keySet() + " " + part.stateChangelogTopics().keySet()));
        }
    }
}
