// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Connect in distributed mode: a file is read into a topic exactly once, and the topic written to another file; the
/// worker is killed on the way.
final class ConnectScenario {
    private static final String NAME = "connect";

    private final KafkaDistribution kafka;
    private final Side side;
    private final Transcript transcript = new Transcript();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = LaunchedPenstock.freePort();

    ConnectScenario(KafkaDistribution kafka, Side side) throws IOException {
        this.kafka = kafka;
        this.side = side;
    }

    List<String> all() throws IOException, InterruptedException, ExecutionException {
        Path folder = kafka.scratch("files");
        Path in = folder.resolve("in.txt");
        Path out = folder.resolve("out.txt");
        Files.writeString(in, "one\ntwo\nthree\n");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", side.servers()))) {
            admin.createTopics(List.of(new NewTopic(NAME + "-lines", 1, side.replicas())))
                    .all()
                    .get();
            KafkaDistribution.Running worker = worker();
            try {
                awaitWorker(worker);
                put(
                        "source",
                        Map.of(
                                "connector.class",
                                "org.apache.kafka.connect.file.FileStreamSourceConnector",
                                "tasks.max",
                                "1",
                                "file",
                                in.toString(),
                                "topic",
                                NAME + "-lines"));
                put(
                        "sink",
                        Map.of(
                                "connector.class",
                                "org.apache.kafka.connect.file.FileStreamSinkConnector",
                                "tasks.max",
                                "1",
                                "file",
                                out.toString(),
                                "topics",
                                NAME + "-lines"));
                transcript.tell("sink", lines(out, 3));
                transcript.tell("source", state("source"));
                transcript.tell("sink connector", state("sink"));
            } finally {
                worker.close();
            }
            Files.writeString(in, "four\nfive\n", StandardOpenOption.APPEND);
            try (KafkaDistribution.Running next = worker()) {
                awaitWorker(next);
                transcript.tell("sink after a worker was killed", lines(out, 5));
                transcript.tell("source afterwards", state("source"));
                transcript.tell("offset of the source", offset("source"));
            }
            for (String topic : List.of("configs", "offsets", "status")) {
                var described = admin.describeTopics(List.of(NAME + "-" + topic))
                        .allTopicNames()
                        .get();
                transcript.tell(
                        "partitions of " + topic,
                        described.values().iterator().next().partitions().size());
            }
        }
        return transcript.lines();
    }

    private KafkaDistribution.Running worker() throws IOException {
        Map<String, String> config = new TreeMap<>(Map.of(
                "bootstrap.servers", side.servers(),
                "group.id", NAME + "-workers",
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "listeners", "http://127.0.0.1:" + port,
                "exactly.once.source.support", "enabled",
                "consumer.auto.offset.reset", "earliest",
                "offset.flush.interval.ms", "500",
                "session.timeout.ms", "10000"));
        config.put("scheduled.rebalance.max.delay.ms", "0");
        config.put("offset.storage.partitions", "2");
        config.put("status.storage.partitions", "2");
        for (String topic : List.of("offset", "status", "config")) {
            config.put(topic + ".storage.topic", NAME + "-" + (topic.equals("status") ? topic : topic + "s"));
            config.put(topic + ".storage.replication.factor", Short.toString(side.replicas()));
        }
        return kafka.start("connect-worker", "org.apache.kafka.connect.cli.ConnectDistributed", config);
    }

    private void awaitWorker(KafkaDistribution.Running worker) throws IOException, InterruptedException {
        for (int tries = 0; tries < 600; tries++) {
            try {
                if (request("GET", "/connectors", "").statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                if (!worker.process().isAlive()) {
                    break;
                }
            }
            Thread.sleep(500);
        }
        throw new AssertionError("the worker did not come up: " + Files.readString(worker.output()));
    }

    private void put(String connector, Map<String, String> config) throws IOException, InterruptedException {
        String body = JsonMapper.builder().build().writeValueAsString(config);
        for (int tries = 0; tries < 60; tries++) {
            int status =
                    request("PUT", "/connectors/" + connector + "/config", body).statusCode();
            if (status != 409 && status != 500) { // it is rebalancing, or not ready yet
                transcript.tell("connector " + connector + " made", status);
                return;
            }
            Thread.sleep(500);
        }
        transcript.tell("connector " + connector + " made", "never");
    }

    /// Waits for all of it to be running.
    private String state(String connector) throws IOException, InterruptedException {
        String state = "";
        for (int tries = 0; tries < 120 && !state.equals("RUNNING [RUNNING]"); tries++) {
            JsonNode status = json("/connectors/" + connector + "/status");
            List<String> tasks = new ArrayList<>();
            status.path("tasks").forEach(task -> tasks.add(task.path("state").asString()));
            state = status.path("connector").path("state").asString() + " " + tasks;
            Thread.sleep(250);
        }
        return state;
    }

    private String offset(String connector) throws IOException, InterruptedException {
        return json("/connectors/" + connector + "/offsets")
                .path("offsets")
                .path(0)
                .path("offset")
                .toString();
    }

    private static List<String> lines(Path file, int wanted) throws IOException, InterruptedException {
        for (int tries = 0; tries < 480; tries++) {
            if (Files.exists(file) && Files.readAllLines(file).size() >= wanted) {
                break;
            }
            Thread.sleep(250);
        }
        Thread.sleep(1000); // were there more, they would come now
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        return JsonMapper.builder().build().readTree(request("GET", path, "").body());
    }

    private HttpResponse<String> request(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
