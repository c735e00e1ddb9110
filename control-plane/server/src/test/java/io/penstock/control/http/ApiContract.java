// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.control.TestDatabase;
import io.penstock.control.cluster.PaperFleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A running control plane and a caller with the bootstrap key. One application serves all tests that extend
/// this.
@Import(PaperFleet.StandIns.class)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
abstract class ApiContract {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    /// One answer.
    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
        }

        /// The text at a JSON pointer; empty if it is null or not there.
        String text(String pointer) {
            return json().at(pointer).asString("");
        }
    }

    private static final class Folder {
        static final Path FOLDER = temporaryFolder();

        private static Path temporaryFolder() {
            try {
                // Buckets stay as long as the application does, which is longer than a test class.
                return Files.createTempDirectory(
                        Files.createDirectories(Path.of("target")).toAbsolutePath(), "api-tests-");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
        registry.add("penstock.bootstrap.api-key-file", () -> Folder.FOLDER.resolve("api-key"));
        registry.add("penstock.grpc.port", () -> 0);
        registry.add("penstock.allow-modelled-stores", () -> true);
        registry.add("penstock.usage.interval", () -> "PT0.2S");
        registry.add("penstock.alerts.interval", () -> "PT0.5S");
        registry.add("penstock.webhooks.interval", () -> "PT0.2S");
        registry.add("penstock.webhooks.first-pause", () -> "PT0.2S");
        registry.add("penstock.webhooks.allow-private-addresses", () -> true);
        registry.add("penstock.secrets-key-file", () -> Folder.FOLDER.resolve("secrets-key"));
    }

    /// Where the control plane answers.
    String address() {
        return "http://127.0.0.1:" + port;
    }

    static Path folder() {
        return Folder.FOLDER;
    }

    static String adminKey() {
        try {
            return Files.readString(Folder.FOLDER.resolve("api-key")).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final java.util.concurrent.atomic.AtomicInteger NAMES =
            new java.util.concurrent.atomic.AtomicInteger();

    /// A new tenant.
    String aTenant() {
        return post("/v1/tenants", "{\"metadata\":{\"name\":\"tenant-" + NAMES.incrementAndGet() + "\"}}")
                .text("/id");
    }

    /// A new bucket that any tenant may use.
    String aBucket() {
        var name = "bucket-" + NAMES.incrementAndGet();
        return post(
                        "/v1/buckets",
                        "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"uri\":\"file:%s\"}}"
                                .formatted(name, folder().resolve(name)))
                .text("/id");
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, adminKey(), headers);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, adminKey(), headers);
    }

    Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, adminKey(), headers);
    }

    Answer patch(String path, String body, String... headers) {
        return send("PATCH", path, body, adminKey(), headers);
    }

    Answer delete(String path, String... headers) {
        return send("DELETE", path, null, adminKey(), headers);
    }

    Answer send(String method, String path, @Nullable String body, @Nullable String key, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(address() + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (body != null) {
            request.header(
                    "Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new Answer(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
