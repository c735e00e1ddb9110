// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import io.penstock.console.gateway.Answer.KeyRefused;
import io.penstock.console.gateway.Answer.NotAllowed;
import io.penstock.console.gateway.Answer.NotFound;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.Answer.Refused;
import io.penstock.console.gateway.Answer.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/// The public API over HTTP.
///
/// Reads tolerantly: what it does not know it skips, and what is missing reads as empty or zero, so that a console and
/// a control plane of neighbouring versions get along.
public final class HttpPenstockGateway implements PenstockGateway {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPenstockGateway.class);
    private static final int PAGE_SIZE = 500;
    // A list that is longer than this is no list for a person any more, and a `next` that loops must not loop here.
    private static final int MAX_PAGES = 20;

    private final HttpClient client;
    private final JsonMapper json;
    private final URI api;
    private final Duration patience;

    /// @param api where the control plane listens, without `/v1`
    /// @param patience how long to wait for one answer
    public HttpPenstockGateway(HttpClient client, URI api, Duration patience) {
        this.client = client;
        this.json = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
                .build();
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
        return list(key, "/v1/fleets/" + ApiCall.encoded(fleetId) + "/brokers", HttpPenstockGateway::broker);
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

    @Override
    public <R> Answer<R> read(ApiKey key, Kind<R> kind, String path) {
        return get(key, path).then(document -> as(kind, document));
    }

    @Override
    public <R> Answer<Page<R>> page(
            ApiKey key, Kind<R> kind, String path, Map<String, String> query, String pageToken) {
        var address = new StringBuilder(path).append("?page_size=").append(PAGE_SIZE);
        query.forEach((name, value) -> {
            if (!value.isEmpty()) {
                address.append('&').append(name).append('=').append(ApiCall.encoded(value));
            }
        });
        if (!pageToken.isEmpty()) {
            address.append("&page_token=").append(ApiCall.encoded(pageToken));
        }
        return get(key, address.toString()).then(document -> {
            List<R> items = new ArrayList<>();
            for (var element : document.path("data")) {
                switch (as(kind, element)) {
                    case Received<R>(var item) -> items.add(item);
                    case Answer<R> other -> {
                        return other.map(ignored -> new Page<>(List.<R>of(), ""));
                    }
                }
            }
            return new Received<>(new Page<>(items, text(document, "/metadata/next_page_token")));
        });
    }

    @Override
    public <R> Answer<R> send(ApiKey key, Kind<R> kind, ApiCall call) {
        var body = call.body().isEmpty()
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(json.writeValueAsString(call.body()));
        var request = request(key, call.path())
                .method(call.method().name(), body)
                .header(
                        "Content-Type",
                        call.method() == ApiCall.Method.PATCH ? "application/merge-patch+json" : "application/json");
        if (call.method() != ApiCall.Method.POST) {
            return exchange(request.build()).then(document -> as(kind, document));
        }
        var once =
                request.header("Idempotency-Key", UUID.randomUUID().toString()).build();
        var answer = exchange(once);
        return (answer instanceof Unavailable ? exchange(once) : answer).then(document -> as(kind, document));
    }

    private <R> Answer<R> as(Kind<R> kind, JsonNode document) {
        try {
            return new Received<>(json.treeToValue(document, json.constructType(kind.type())));
        } catch (JacksonException e) {
            LOG.warn("gateway.answer.unreadable", e);
            return new Unavailable<>("the control plane answered in words that this console does not know");
        }
    }

    private <T> Answer<List<T>> list(ApiKey key, String path, Function<JsonNode, T> read) {
        List<T> found = new ArrayList<>();
        String pageToken = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            var query = "?page_size=" + PAGE_SIZE
                    + (pageToken.isEmpty() ? "" : "&page_token=" + ApiCall.encoded(pageToken));
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
        return exchange(request(key, pathAndQuery).build());
    }

    private HttpRequest.Builder request(ApiKey key, String pathAndQuery) {
        return HttpRequest.newBuilder(api.resolve(pathAndQuery))
                .timeout(patience)
                .header("Authorization", "Bearer " + key.secret())
                .header("Accept", "application/json, application/problem+json");
    }

    private Answer<JsonNode> exchange(HttpRequest request) {
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
            case 200, 201, 202 -> document(response.body());
            case 204 -> new Received<>(json.createObjectNode());
            case 401 -> new KeyRefused<>();
            case 403 -> new NotAllowed<>(detail(response));
            case 404 -> new NotFound<>(detail(response));
            case 400, 409, 412, 422, 429 -> new Refused<>(refusal(response));
            default -> new Unavailable<>(detail(response));
        };
    }

    private Refusal refusal(HttpResponse<String> response) {
        if (!(document(response.body()) instanceof Received<JsonNode>(var problem))) {
            return new Refusal("", detail(response), "", List.of());
        }
        return new Refusal(
                text(problem, "/code"),
                detail(response),
                text(problem, "/hint"),
                elements(problem.path("errors"))
                        .map(field -> new Refusal.Field(text(field, "/pointer"), text(field, "/detail")))
                        .toList());
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
}
