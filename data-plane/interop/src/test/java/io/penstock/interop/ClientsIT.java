// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Clients of many makers take the same steps on Penstock and on Apache Kafka, and must see the same.
@ExtendWith(Sides.class)
class ClientsIT {
    @Test
    void theNewestJavaClient(Sides.Pair pair) throws Exception {
        List<String> here =
                pair.judge("Java client 4.3", side -> new JavaClient().apply(side.servers(), side.replicas()));

        assertThat(here)
                .contains(
                        "read in a group: 300",
                        "read committed: 10 committed, 0 aborted",
                        "committed: [100, 100, 100]");
    }

    @Test
    void theOldestJavaClientThatApacheKafka4Serves(Sides.Pair pair) throws Exception {
        List<URL> urls = new ArrayList<>();
        urls.add(Path.of("target", "test-classes").toUri().toURL());
        try (Stream<Path> jars = Files.list(Path.of("target", "old-client"))) {
            for (Path jar : jars.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        try (URLClassLoader old = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            List<String> here = pair.judge("Java client 2.1", side -> {
                @SuppressWarnings("unchecked")
                BiFunction<String, Short, List<String>> client =
                        (BiFunction<String, Short, List<String>>) old.loadClass(JavaClient.class.getName())
                                .getDeclaredConstructor()
                                .newInstance();
                return client.apply(side.servers(), side.replicas());
            });

            assertThat(here).contains("read in a group: 300", "offset of the transaction: 7");
        }
    }

    @Test
    void librdkafkaByWayOfConfluentKafka(Sides.Pair pair) throws Exception {
        Programs.require(
                "pip install -r data-plane/interop/src/test/clients/confluent-kafka/requirements.txt",
                "python3",
                "-c",
                "import confluent_kafka");

        List<String> here = judge(pair, "confluent-kafka", List.of("python3", "main.py"));

        assertThat(here).contains("read in a group: 300", "read by KIP-848: 330");
    }

    @Test
    void franzGo(Sides.Pair pair) throws Exception {
        assertThat(judge(pair, "franz-go", built("franz-go"))).contains("read in a group: 300", "group deleted: works");
    }

    @Test
    void sarama(Sides.Pair pair) throws Exception {
        Programs.onlyWithAll();
        assertThat(judge(pair, "sarama", built("sarama"))).contains("read in a group: 300", "group deleted: works");
    }

    @Test
    void kcat(Sides.Pair pair) throws Exception {
        Programs.onlyWithAll();
        Programs.require("apt-get install kcat", "kcat", "-V");
        for (Side side : List.of(pair.apache(), pair.penstock())) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", side.servers()))) {
                admin.createTopics(Set.of(new NewTopic("kcat-records", 1, side.replicas())))
                        .all()
                        .get();
            }
        }

        assertThat(judge(pair, "kcat", List.of("bash", "main.sh"))).contains("read in a group: 100");
    }

    @Test
    void kafkajs(Sides.Pair pair) throws Exception {
        Programs.onlyWithAll();
        Programs.require("Node.js with npm", "npm", "--version");
        Path built = Programs.built("kafkajs");
        for (String file : List.of("package.json", "package-lock.json", "main.cjs")) {
            Files.writeString(
                    built.resolve(file),
                    Files.readString(Programs.sources("kafkajs").resolve(file)));
        }
        Programs.mustRun(built, List.of("npm", "ci", "--silent"));

        assertThat(pair.judge("kafkajs", side -> Programs.tell(built, List.of("node", "main.cjs"), side, "kafkajs")))
                .contains("read in a group: 300", "group deleted: works");
    }

    @Test
    void rust(Sides.Pair pair) throws Exception {
        Programs.onlyWithAll();
        Programs.require("Rust with cargo, cmake and a C compiler", "cargo", "--version");
        Path built = Programs.built("rust-rdkafka");
        Programs.mustRun(
                Programs.sources("rust-rdkafka"),
                List.of("cargo", "build", "--quiet", "--target-dir", built.toString()));

        assertThat(judge(
                        pair,
                        "rust-rdkafka",
                        List.of(built.resolve("debug/penstock-interop-rdkafka").toString())))
                .contains("read in a group: 300", "group deleted: works");
    }

    private static List<String> built(String program) throws IOException, InterruptedException {
        Programs.require("Go 1.26 or newer: https://go.dev/dl", "go", "version");
        String file = Programs.built(program).resolve("program").toString();
        Programs.mustRun(Programs.sources(program), List.of("go", "build", "-o", file, "."));
        return List.of(file);
    }

    private static List<String> judge(Sides.Pair pair, String program, List<String> command) throws Exception {
        return pair.judge(program, side -> Programs.tell(Programs.sources(program), command, side, program));
    }
}
