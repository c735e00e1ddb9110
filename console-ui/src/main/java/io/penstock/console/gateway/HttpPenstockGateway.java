// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import io.penstock.console.gateway.Answer.KeyRefused;
import io.penstock.console.gateway.Answer.NotAllowed;
import io.penstock.console.gateway.Answer.NotFound;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.Answer.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The public API over HTTP.
///
/// Reads tolerantly: what it does not know it skips, and what is missing reads as empty or zero, so that a console and
/// a control plane of neighbouring versions get along.
public final class HttpPenstockGateway implements PenstockGateway {
    private static final int PAGE_SIZE = 500;
    // A list that is longer than this is no list for a person any more, and a `next` that loops must not loop here.
    private static final int MAX_PAGES = 20;

    private final HttpClient client;
    private final ObjectMapper json;
    private final URI api;
    private final Duration patience;

    /// @param api where the control plane listens, without `/v1`
    /// @param patience how long to wait for one answer
    public HttpPenstockGateway(HttpClient client, ObjectMapper json, URI api, Duration patience) {
        this.client = client;
        this.json = json;
        this.api = api;
        this.patience = patience;
    }

    @Override
    public Answer<List<Tenant>> tenants(ApiKey key) {
        return list(key, "/v1/tenants", HttpPenstockGateway::tenant);
    }

    @Override
    public Answer<List<Cluster>> clusters(ApiKey key) {
        return list(key, "/v1/clusters", HttpPenstockGateway::cluster);
    }

    @Override
    public Answer<List<Fleet>> fleets(ApiKey key) {
        return list(key, "/v1/fleets", HttpPenstockGateway::fleet);
    }

    @Override
    public Answer<List<Broker>> brokers(ApiKey key, String fleetId) {
        return list(key, "/v1/fleets/" + encoded(fleetId) + "/brokers", HttpPenstockGateway::broker);
    }

    private static Tenant tenant(JsonNode tenant) {
        return new Tenant(text(tenant, "/id"), text(tenant, "/metadata/name"));
    }

    private static Fleet fleet(JsonNode fleet) {
        return new Fleet(text(fleet, "/id"), text(fleet, "/metadata/name"));
    }

    private static Cluster cluster(JsonNode cluster) {
        return new Cluster(
                text(cluster, "/id"),
                text(cluster, "/metadata/name"),
                text(cluster, "/metadata/tenant_id"),
                text(cluster, "/status/phase"),
                text(cluster, "/status/bootstrap_servers"),
                text(cluster, "/spec/latency_profile"),
                trouble(cluster.at("/status/conditions"), "Ready"),
                store(cluster.at("/status/conditions")),
                cluster.at("/spec/shards").asInt(0),
                cluster.at("/status/topics").asInt(0),
                elements(cluster.at("/status/brokers"))
                        .map(HttpPenstockGateway::share)
                        .toList());
    }

    private static Share share(JsonNode share) {
        return new Share(
                share.path("node_id").asInt(-1),
                text(share, "/host") + ":" + share.path("port").asInt(0),
                text(share, "/zone"),
                share.path("shards_led").asInt(0));
    }

    private static Broker broker(JsonNode broker) {
        var status = broker.path("status");
        return new Broker(
                text(broker, "/id"),
                status.path("node_id").asInt(-1),
                text(status, "/phase"),
                text(status, "/reason"),
                status.path("pid").asLong(0),
                text(status, "/zone"),
                status.path("shards_led").asInt(0),
                store(status.path("conditions")));
    }

    private static String trouble(JsonNode conditions, String type) {
        return condition(conditions, type)
                .filter(condition -> !text(condition, "/status").equals("TRUE"))
                .map(condition -> text(condition, "/message"))
                .orElse("");
    }

    private static Store store(JsonNode conditions) {
        return condition(conditions, "StoreHealthy")
                .filter(condition -> !text(condition, "/status").equals("UNKNOWN"))
                .map(condition -> new Store(text(condition, "/reason"), trouble(conditions, "StoreHealthy")))
                .orElse(new Store("", ""));
    }

    private static Optional<JsonNode> condition(JsonNode conditions, String type) {
        return elements(conditions)
                .filter(condition -> text(condition, "/type").equals(type))
                .findFirst();
    }

    private static java.util.stream.Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String text(JsonNode node, String pointer) {
        return node.at(pointer).asString("");
    }

    private <T> Answer<List<T>> list(ApiKey key, String path, Function<JsonNode, T> read) {
        List<T> found = new ArrayList<>();
        String pageToken = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            var query = "?page_size=" + PAGE_SIZE + (pageToken.isEmpty() ? "" : "&page_token=" + encoded(pageToken));
            var answer = get(key, path + query);
            if (!(answer instanceof Received<JsonNode>(var list))) {
                return answer.map(ignored -> List.of());
            }
            if (!list.path("data").isArray()) {
                return new Unavailable<>("GET " + path + " answered something that is not a list");
            }
            elements(list.path("data")).map(read).forEach(found::add);
            pageToken = text(list, "/metadata/next_page_token");
            if (pageToken.isEmpty()) {
                break;
            }
        }
        return new Received<>(List.copyOf(found));
    }

    private Answer<JsonNode> get(ApiKey key, String pathAndQuery) {
        var request = HttpRequest.newBuilder(api.resolve(pathAndQuery))
                .timeout(patience)
                .header("Authorization", "Bearer " + key.secret())
                .header("Accept", "application/json, application/problem+json")
                .build();
        try {
            return read(client.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return new Unavailable<>("no answer from " + api);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unavailable<>("interrupted");
        }
    }

    private Answer<JsonNode> read(HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 200 -> document(response.body());
            case 401 -> new KeyRefused<>();
            case 403 -> new NotAllowed<>(detail(response));
            case 404 -> new NotFound<>(detail(response));
            default -> new Unavailable<>(detail(response));
        };
    }

    private Answer<JsonNode> document(String body) {
        try {
            return new Received<>(json.readTree(body));
        } catch (JacksonException e) {
            return new Unavailable<>(api + " answered something that is not JSON");
        }
    }

    /// A problem's own words (RFC 9457); where there are none, the status.
    private String detail(HttpResponse<String> response) {
        var status = "status " + response.statusCode();
        if (document(response.body()) instanceof Received<JsonNode>(var problem)) {
            var detail = text(problem, "/detail");
            return detail.isEmpty() ? status : detail;
        }
        return status;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
