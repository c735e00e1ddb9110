// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions of the Java client, on Penstock and on Apache Kafka: the same steps have the same outcomes.
class TransactionsIT {
    @TempDir
    static Path folder = Path.of("");

    private static String servers = "";
    private static Optional<LaunchedPenstock> penstock = Optional.empty();

    @BeforeAll
    static void up() throws Exception {
        LaunchedPenstock launched = new LaunchedPenstock(folder);
        penstock = Optional.of(launched);
        servers = launched.bootstrapServers();
    }

    @AfterAll
    static void down() throws Exception {
        if (penstock.isPresent()) {
            penstock.get().close();
        }
    }

    @Test
    void theSameStepsHaveTheSameOutcomesAsOnApacheKafka() throws Exception {
        List<String> here = new TransactionScenarios(servers, (short) 3).all();
        List<String> there;
        try (LaunchedKafka kafka = new LaunchedKafka(folder.resolve("kafka"))) {
            there = new TransactionScenarios(kafka.bootstrapServers(), (short) 1).all();
        }

        assertThat(here).containsExactlyElementsOf(there);
        assertThat(here)
                .contains(
                        "committed: {0=[t0, t2, t4], 1=[t0, t2, t4], 2=[t0, t2, t4]}",
                        "after the zombie: {0=[heir]}",
                        "after the time-out: {0=[]}");
    }

    /// Markers go from broker to broker, which know each other by what no client knows.
    @Test
    void transactionsOfASecuredClusterReachAllItsBrokers() throws Exception {
        SecuredCluster secured = new SecuredCluster(penstock.orElseThrow(), "secured");
        SecuredCluster.Issued credential = secured.credential();
        secured.allow("TOPIC", "*", "ALL");
        secured.allow("GROUP", "*", "ALL");
        secured.allow("TRANSACTIONAL_ID", "*", "ALL");
        secured.topic("paid", 12);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                secured.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + credential.user()
                        + "\" password=\"" + credential.secret() + "\";");
        Map<String, Object> producing = new HashMap<>(settings);
        producing.put("transactional.id", "till");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (String value : List.of("committed", "aborted", "too")) {
                producer.beginTransaction();
                for (int partition = 0; partition < 12; partition++) {
                    producer.send(new ProducerRecord<>("paid", partition, "k", value));
                }
                producer.flush();
                if (value.equals("aborted")) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        Map<String, Object> consuming = new HashMap<>(settings);
        consuming.put("group.id", "auditors");
        consuming.put("auto.offset.reset", "earliest");
        consuming.put("isolation.level", "read_committed");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("paid"));
            while (values.size() < 24) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        assertThat(values).hasSize(24).doesNotContain("aborted");
    }

    @Test
    void anOldClientsTransactionsAreServed() throws Exception {
        List<URL> urls = new ArrayList<>();
        urls.add(Path.of("target", "test-classes").toUri().toURL());
        try (Stream<Path> jars = Files.list(Path.of("target", "old-client"))) {
            for (Path jar : jars.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers));
                URLClassLoader old =
                        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            admin.createTopics(Set.of(new NewTopic("old", 1, (short) 3))).all().get();
            @SuppressWarnings("unchecked")
            Function<String, List<String>> application =
                    (Function<String, List<String>>) old.loadClass(OldGeneration.class.getName())
                            .getDeclaredConstructor()
                            .newInstance();

            assertThat(application.apply(servers)).containsExactly("o0", "o2");
            assertThat(admin.listConsumerGroupOffsets("old")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .values())
                    .singleElement()
                    .satisfies(offset -> assertThat(offset.offset()).isEqualTo(2));
        }
    }
}
