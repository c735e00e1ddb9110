// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The public API, as a program on this machine uses it.
final class PenstockApi {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(35);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Path keyFile;
    private final List<String> bases;

    private PenstockApi(Path keyFile, List<String> bases) {
        this.keyFile = keyFile;
        this.bases = bases;
    }

    /// @param httpPorts of the control plane's replicas; each answers for all of them
    static PenstockApi of(DataFolder folder, List<Integer> httpPorts) {
        return new PenstockApi(
                folder.secret("api-key"),
                httpPorts.stream().map(port -> "http://127.0.0.1:" + port).toList());
    }

    /// Of the first replica.
    String base() {
        return bases.getFirst();
    }

    /// Whether every replica says that it is ready, the first key is written, and one of them acts: after a sudden
    /// end nobody does until the former lease is over.
    boolean ready() {
        return Files.exists(keyFile) && bases.stream().allMatch(this::ready) && acts();
    }

    private boolean acts() {
        try {
            return send(request("/v1/tenants?page_size=1")
                                    .timeout(Duration.ofSeconds(2))
                                    .GET()
                                    .build())
                            .statusCode()
                    == 200;
        } catch (Trouble unreachable) {
            return false;
        }
    }

    private boolean ready(String base) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/readyz"))
                            .timeout(Duration.ofSeconds(2))
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    JsonNode get(String path) {
        return require(send(request(path).GET().build()));
    }

    /// @return empty if the API cannot be reached at all
    Optional<JsonNode> tryGet(String path) {
        try {
            return Optional.of(get(path));
        } catch (Trouble trouble) {
            return Optional.empty();
        }
    }

    JsonNode post(String path, Object body) {
        return require(send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", java.util.UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build()));
    }

    JsonNode delete(String path) {
        return require(send(request(path).DELETE().build()));
    }

    JsonNode patch(String path, Object body) {
        return require(send(request(path)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build()));
    }

    /// The one thing of this name in a list.
    Optional<JsonNode> named(String listPath, String name) {
        for (JsonNode candidate : get(listPath).path("data")) {
            if (candidate.path("metadata").path("name").asString("").equals(name)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key())
                .header("Accept", "application/json");
    }

    private String key() {
        try {
            return Files.readString(keyFile).strip();
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.UNAVAILABLE, "the API key is not in " + keyFile + ": is Penstock up? (./penstock status)");
        }
    }

    /// The next replica is asked where one cannot be reached at all.
    private HttpResponse<String> send(HttpRequest request) {
        try {
            for (String base : bases) {
                String path = request.uri().toString().substring(base().length());
                try {
                    return http.send(
                            HttpRequest.newBuilder(request, (_, _) -> true)
                                    .uri(URI.create(base + path))
                                    .build(),
                            BodyHandlers.ofString());
                } catch (ConnectException e) {
                    // The next one, then.
                }
            }
            throw new ConnectException("nobody listens");
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.UNAVAILABLE,
                    "the control plane at " + String.join(", ", bases) + " does not answer; see ./penstock status");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(Trouble.TRY_AGAIN, "interrupted");
        }
    }

    private static JsonNode require(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 == 2) {
            return parse(answer.body());
        }
        JsonNode problem = parse(answer.body());
        throw new Trouble(
                Trouble.UNAVAILABLE,
                "the control plane answered " + answer.statusCode() + " "
                        + problem.path("code").asString("") + ": "
                        + problem.path("detail").asString(problem.path("title").asString(answer.body())));
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body.isEmpty() ? "{}" : body);
        } catch (JacksonException e) {
            return JSON.createObjectNode().put("detail", body);
        }
    }
}
