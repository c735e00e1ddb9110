// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The REST API, as a person at a terminal uses it: a refusal is one line that says what to do.
final class ControlPlane {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PAGE = 500;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Context context;

    ControlPlane(Context context) {
        this.context = context;
    }

    /// An answer: what it says, and the operation to follow, if one is under way.
    record Answer(JsonNode body, Optional<String> operation, int status) {}

    JsonNode get(String path) {
        return required(send(request(path).GET())).body();
    }

    /// Empty if there is no such thing.
    Optional<JsonNode> find(String path) {
        var response = send(request(path).GET());
        return response.statusCode() == 404
                ? Optional.empty()
                : Optional.of(required(response).body());
    }

    /// All pages of a list.
    List<JsonNode> list(String path) {
        var first = path + (path.contains("?") ? "&" : "?") + "page_size=" + PAGE;
        List<JsonNode> all = new ArrayList<>();
        var next = "";
        do {
            var page = get(next.isEmpty() ? first : first + "&page_token=" + escape(next));
            page.path("data").forEach(all::add);
            next = page.path("metadata").path("next_page_token").asString("");
        } while (!next.isEmpty());
        return all;
    }

    Answer post(String path, JsonNode body) {
        return required(send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(body.toString()))));
    }

    Answer put(String path, JsonNode body) {
        return required(send(request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.toString()))));
    }

    Answer patch(String path, JsonNode patch) {
        return required(send(request(path)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(patch.toString()))));
    }

    Answer delete(String path) {
        return required(send(request(path).DELETE()));
    }

    /// Follows an operation to its end.
    void await(String operation) {
        while (true) {
            var now = get(operation + "?wait=30s");
            switch (now.path("state").asString("")) {
                case "SUCCEEDED" -> {
                    return;
                }
                case "FAILED", "CANCELLED" ->
                    throw new Refusal(
                            Refusal.FAILED,
                            now.path("type").asString("the operation") + " "
                                    + now.path("state").asString("").toLowerCase(java.util.Locale.ROOT) + ": "
                                    + now.path("error").path("detail").asString("no reason was given"));
                default -> {}
            }
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(context.endpoint() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + context.apiKey())
                .header("Accept", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Refusal(
                    Refusal.UNAVAILABLE, "the control plane at " + context.endpoint() + " does not answer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(Refusal.UNAVAILABLE, "interrupted");
        }
    }

    private static Answer required(HttpResponse<String> response) {
        var body = parsed(response.body());
        if (response.statusCode() / 100 == 2) {
            return new Answer(body, response.headers().firstValue("Operation-Location"), response.statusCode());
        }
        var text = new StringBuilder(
                body.path("detail").asString(body.path("title").asString("HTTP " + response.statusCode())));
        text.append(" (")
                .append(body.path("code").asString("unexpected_answer"))
                .append(')');
        body.path("errors")
                .forEach(wrong -> text.append("\n  ")
                        .append(wrong.path("pointer").asString(""))
                        .append(": ")
                        .append(wrong.path("detail").asString("")));
        body.path("blocking")
                .forEach(other -> text.append("\n  in the way: ")
                        .append(other.path("kind").asString(""))
                        .append(' ')
                        .append(other.path("id").asString("")));
        throw new Refusal(Refusal.REFUSED, text.toString());
    }

    private static JsonNode parsed(String text) {
        try {
            return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.createObjectNode().put("detail", text.strip());
        }
    }
}
