// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A control plane made of paper: it speaks the public API's words over real HTTP, about one tenant, one fleet and one
/// cluster of sixteen shards. It can go away and come back on the same port.
public final class PaperControlPlane implements AutoCloseable {
    public static final String KEY = "psk_01K5PAPER0000000000000000A_0123456789abcdef";
    private static final int SHARDS = 16;

    private final Map<Integer, Integer> shardsByNode = new ConcurrentSkipListMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean withoutClusters;
    private volatile boolean storeIsUnavailable;
    private volatile int tenants = 1;
    private volatile String acceptedKey = KEY;
    private int port;
    private @Nullable HttpServer server;

    private PaperControlPlane() {
        shardsByNode.putAll(Map.of(0, 6, 1, 5, 2, 5));
    }

    public static PaperControlPlane started() {
        var plane = new PaperControlPlane();
        plane.comesBack();
        return plane;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public void goesAway() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public void comesBack() {
        try {
            var started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            started.createContext("/", this::answer);
            started.setExecutor(threads);
            started.start();
            port = started.getAddress().getPort();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Who leads how many shards from now on; whoever is not named is gone.
    public void shardsLed(Map<Integer, Integer> byNode) {
        // Replaced in one step for readers that come in between: first the new, then what is too much.
        shardsByNode.putAll(byNode);
        shardsByNode.keySet().retainAll(byNode.keySet());
    }

    public void storeIsUnavailable(boolean unavailable) {
        storeIsUnavailable = unavailable;
    }

    public void hasNoClusters() {
        withoutClusters = true;
    }

    public void tenants(int count) {
        tenants = count;
    }

    public void accepts(String key) {
        acceptedKey = key;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var key = exchange.getRequestHeaders().getFirst("Authorization");
            if (!("Bearer " + acceptedKey).equals(key)) {
                send(exchange, 401, problem(401, "unauthenticated", "No valid credential was given"));
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/v1/tenants" ->
                    send(exchange, 200, tenants(exchange.getRequestURI().getQuery()));
                case "/v1/clusters" -> send(exchange, 200, list("Cluster", withoutClusters ? List.of() : clusters()));
                case "/v1/fleets" ->
                    send(exchange, 200, list("Fleet", List.of(resource("flt_1", "local", "{}", "{}"))));
                case "/v1/fleets/flt_1/brokers" -> send(exchange, 200, list("Broker", brokers()));
                default -> send(exchange, 404, problem(404, "not_found", "There is no such thing"));
            }
        }
    }

    /// In pages of what was asked for; a page's token is the number of tenants before it.
    private String tenants(String query) {
        int size = parameter(query, "page_size", 50);
        int from = parameter(query, "page_token", 0);
        int to = Math.min(from + size, tenants);
        var page = IntStream.rangeClosed(from + 1, to)
                .mapToObj(n -> resource("tn_" + n, n == 1 ? "demo" : "tenant " + n, "{}", "{}"))
                .toList();
        return list("Tenant", page, to < tenants ? "\"" + to + "\"" : "null");
    }

    private static int parameter(String query, String name, int otherwise) {
        return Arrays.stream(query.split("&"))
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> Integer.parseInt(parameter.substring(name.length() + 1)))
                .findFirst()
                .orElse(otherwise);
    }

    private List<String> clusters() {
        var led = new TreeMap<>(shardsByNode);
        var total = led.values().stream().mapToInt(Integer::intValue).sum();
        var shares = led.entrySet().stream()
                .map(share -> """
                        {"node_id":%d,"host":"127.0.0.1","port":%d,"zone":null,"shards_led":%d}""".formatted(share.getKey(), 9092 + share.getKey(), share.getValue()))
                .collect(Collectors.joining(","));
        var bootstrap =
                led.keySet().stream().map(node -> "127.0.0.1:" + (9092 + node)).collect(Collectors.joining(","));
        var ready = total == SHARDS ? """
                {"type":"Ready","status":"TRUE","reason":"AllShardsLed","message":"every shard has a leader"}""" : """
                {"type":"Ready","status":"FALSE","reason":"ShardsWithoutLeader","message":"%d of %d shards have no leader"}""".formatted(SHARDS - total, SHARDS);
        var store = storeIsUnavailable ? """
                {"type":"StoreHealthy","status":"FALSE","reason":"Unavailable","message":"the object store fails most requests"}""" : """
                {"type":"StoreHealthy","status":"TRUE","reason":"Healthy","message":"the object store answers well"}""";
        return List.of(resource("kc_01K5PAPER0000000000000000B", "orders", """
                {"fleet_id":"flt_1","bucket_id":"bkt_1","shards":%d,"latency_profile":"BALANCED"}""".formatted(SHARDS), """
                {"phase":"%s","conditions":[%s,%s],"bootstrap_servers":"%s","brokers":[%s],"shards_led":%d,"topics":4,"a_later_field":1}""".formatted(
                        total == SHARDS ? "READY" : "DEGRADED", ready, store, bootstrap, shares, total)));
    }

    private List<String> brokers() {
        return new TreeMap<>(shardsByNode)
                .entrySet().stream()
                        .map(share -> resource(
                                "brk_01K5PAPER00000000000000%03d".formatted(share.getKey()),
                                "broker-" + share.getKey(),
                                "{}",
                                """
                                {"phase":"SERVING","reason":"","node_id":%d,"pid":%d,"zone":"local","shards_led":%d}""".formatted(share.getKey(), 41_200 + share.getKey(), share.getValue())))
                        .toList();
    }

    private static String resource(String id, String name, String spec, String status) {
        return """
                {"api_version":"penstock/v1","id":"%s","metadata":{"name":"%s","tenant_id":"tn_1"},"spec":%s,"status":%s}""".formatted(id, name, spec, status);
    }

    private static String list(String kind, List<String> data) {
        return list(kind, data, "null");
    }

    private static String list(String kind, List<String> data, String nextPageToken) {
        return """
                {"api_version":"penstock/v1","kind":"%sList","metadata":{"next":null,"next_page_token":%s},"data":[%s]}""".formatted(kind, nextPageToken, String.join(",", data));
    }

    private static String problem(int status, String code, String detail) {
        return """
                {"type":"/v1/problems/%s","status":%d,"code":"%s","detail":"%s"}""".formatted(code, status, code, detail);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .set("Content-Type", status < 400 ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        goesAway();
        threads.close();
    }
}
