// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the README promises, on real processes: counts only, never time.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillIT {
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
    @Order(4)
    void clientsDoNotNoticeThatTheControlPlaneIsAway() throws Exception {
        JsonNode report = penstock.drill("control-plane-kill", 9);

        assertThatNothingIsLost(report);
        assertThat(report.path("produce_errors").isEmpty()).isTrue();
    }

    @Test
    @Order(5)
    void everythingAcknowledgedSurvivesTheEndOfEveryProcess() throws Exception {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, penstock.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int record = 0; record < 100; record++) {
                producer.send(new ProducerRecord<>("survivors", 0, "k", "v" + record))
                        .get();
            }
        }

        killEverything();
        penstock.up();

        Properties admins = new Properties();
        admins.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, penstock.bootstrapServers());
        try (Admin admin = Admin.create(admins)) {
            TopicPartition partition = new TopicPartition("survivors", 0);
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .isEqualTo(100);
        }
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
