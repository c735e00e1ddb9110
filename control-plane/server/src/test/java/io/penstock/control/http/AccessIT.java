// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class AccessIT extends ApiContract {
    @Test
    void theBootstrapKeyIsReadableByItsOwnerOnly() throws Exception {
        assertThat(adminKey()).matches("psk_[0-9A-Z]{26}_[0-9A-Za-z]{49}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve("api-key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve("secrets-key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void nothingButHealthAndTheContractIsServedWithoutAKey() {
        for (var path : new String[] {"/v1/tenants", "/v1/nothing", "/metrics", "/health", "/v1/api-keys"}) {
            var refused = send("GET", path, null, null);
            assertThat(refused.status()).as(path).isEqualTo(401);
            assertThat(refused.text("/code")).isEqualTo("unauthenticated");
            assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
        }
        assertThat(send("GET", "/livez", null, null).status()).isEqualTo(200);
        assertThat(send("GET", "/readyz", null, null).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/openapi.yaml", null, null).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/problems/not_found", null, null).status()).isEqualTo(200);
        assertThat(get("/metrics").response().body()).contains("jvm_memory_used_bytes");
    }

    @Test
    void aKeyWithAWrongSecretOrChecksumOpensNothing() {
        var key = adminKey();
        var last = key.charAt(key.length() - 1) == 'a' ? 'b' : 'a';

        assertThat(send("GET", "/v1/tenants", null, key.substring(0, key.length() - 1) + last)
                        .status())
                .isEqualTo(401);
        assertThat(send("GET", "/v1/tenants", null, "psk_nonsense").status()).isEqualTo(401);
    }

    @Test
    void aSecretIsShownOnceAndTheKeyWorksUntilItIsDeleted() {
        var made = post("/v1/api-keys", """
                {"metadata":{"name":"viewer"},"spec":{"role":"VIEWER"}}""");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/status/secret_status")).isEqualTo("SHOWN_ONCE");
        var secret = made.text("/status/secret");
        var id = made.text("/id");

        assertThat(get("/v1/api-keys/" + id).text("/status/secret")).isEmpty();
        assertThat(get("/v1/api-keys/" + id).text("/status/secret_status")).isEqualTo("NOT_RETRIEVABLE");
        assertThat(send("GET", "/v1/tenants", null, secret).status()).isEqualTo(200);
        var refused = send("POST", "/v1/tenants", "{\"metadata\":{\"name\":\"nope\"}}", secret);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/required_permission")).isEqualTo("tenant.manage");
        assertThat(delete("/v1/api-keys/" + id).status()).isEqualTo(204);
        assertThat(send("GET", "/v1/tenants", null, secret).status()).isEqualTo(401);
    }

    @Test
    void aTenantsKeySeesItsTenantOnly() {
        var mine = post("/v1/tenants", "{\"metadata\":{\"name\":\"mine\"}}").text("/id");
        var theirs = post("/v1/tenants", "{\"metadata\":{\"name\":\"theirs\"}}").text("/id");
        var key = post("/v1/api-keys", """
                {"metadata":{"name":"mine-admin","tenant_id":"%s"},"spec":{"role":"TENANT_ADMIN"}}""".formatted(mine)).text("/status/secret");

        assertThat(send("GET", "/v1/tenants", null, key).json().at("/data").size())
                .isEqualTo(1);
        assertThat(send("GET", "/v1/tenants/" + mine, null, key).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/tenants/" + theirs, null, key).status()).isEqualTo(404);
        assertThat(send("POST", "/v1/api-keys", """
                {"metadata":{"name":"up","tenant_id":"%s"},"spec":{"role":"ORG_ADMIN"}}""".formatted(mine), key).status())
                .isEqualTo(403);
        assertThat(send("POST", "/v1/api-keys", """
                {"metadata":{"name":"across","tenant_id":"%s"},"spec":{"role":"VIEWER"}}""".formatted(theirs), key).status())
                .isEqualTo(404);
    }

    @Test
    void anExpiredKeyOpensNothing() {
        var made = post("/v1/api-keys", """
                {"metadata":{"name":"past"},"spec":{"role":"VIEWER","expires_at":"2001-01-01T00:00:00Z"}}""");

        assertThat(send("GET", "/v1/tenants", null, made.text("/status/secret")).status())
                .isEqualTo(401);
    }

    @Test
    void theProcessesMetricsAreNotForTenants() {
        var tenant = aTenant();
        var key = post("/v1/api-keys", """
                {"metadata":{"name":"metrics","tenant_id":"%s"},"spec":{"role":"METRICS_READER"}}""".formatted(tenant)).text("/status/secret");
        var operators = post("/v1/api-keys", """
                {"metadata":{"name":"metrics"},"spec":{"role":"METRICS_READER"}}""").text("/status/secret");

        assertThat(send("GET", "/metrics", null, key).status()).isEqualTo(403);
        assertThat(send("GET", "/metrics", null, operators).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/tenants", null, operators).status()).isEqualTo(403);
    }

    @Test
    void aSuspiciousUrlIsToldAsAProblem() {
        var refused = get("/v1/tenants/a%2Fb");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/code")).isEqualTo("invalid_argument");
    }
}
