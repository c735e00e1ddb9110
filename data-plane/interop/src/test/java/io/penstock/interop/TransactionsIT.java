// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions of the Java client, on Penstock and on Apache Kafka: the same steps have the same outcomes.
class TransactionsIT {
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
