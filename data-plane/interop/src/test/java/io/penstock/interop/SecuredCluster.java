// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A cluster that asks its clients who they are, made as a new user makes it: by REST alone.
final class SecuredCluster {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String api;
    private final String key;
    private final String cluster;
    private final String account;

    SecuredCluster(LaunchedPenstock penstock, String name) throws IOException, InterruptedException {
        JsonNode status = JSON.readTree(penstock.launcher("status", "--json").output());
        api = status.path("api").asString();
        key = status.path("api_key").asString();
        String tenant = call("GET", "/v1/tenants", "").at("/data/0/id").asString();
        JsonNode made = call("POST", "/v1/clusters", """
                {"metadata":{"name":"%s","tenant_id":"%s"},"spec":{"shards":4,"latency_profile":"FAST"}}""".formatted(name, tenant));
        cluster = "/v1/clusters/" + made.path("id").asString();
        call("GET", "/v1/operations/" + made.at("/status/operation_id").asString() + "?wait=30s", "");
        account = call("POST", "/v1/service-accounts", """
                {"metadata":{"name":"%s","tenant_id":"%s"}}""".formatted(name, tenant)).path("id").asString();
    }

    String bootstrapServers() throws IOException, InterruptedException {
        return call("GET", cluster, "").at("/status/bootstrap_servers").asString();
    }

    /// A user name and its secret.
    record Issued(String user, String secret) {}

    Issued credential() throws IOException, InterruptedException {
        JsonNode status = call("POST", cluster + "/credentials", """
                {"spec":{"service_account_id":"%s"}}""".formatted(account)).path("status");
        return new Issued(status.path("username").asString(), status.path("secret").asString());
    }

    void topic(String name, int partitions) throws IOException, InterruptedException {
        call("POST", cluster + "/topics", """
                {"metadata":{"name":"%s"},"spec":{"partitions":%d}}""".formatted(name, partitions));
    }

    void allow(String type, String name, String operation) throws IOException, InterruptedException {
        call("POST", cluster + "/acls", """
                {"spec":{"principal":"User:%s","resource_type":"%s","resource_name":"%s","operation":"%s"}}""".formatted(account, type, name, operation));
    }

    private JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(api + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new AssertionError(method + " " + path + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
