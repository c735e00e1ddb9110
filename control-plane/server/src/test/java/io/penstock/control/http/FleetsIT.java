// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Without a provisioner: fleets are kept as wishes, and no broker comes.
class FleetsIT extends ApiContract {
    @Test
    void aFleetIsMadeScaledAndRemoved() {
        var made = post("/v1/fleets", """
                {"metadata":{"name":"small","labels":{"zone":"a"}},"spec":{"desired_brokers":0}}""");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/status/phase")).isEqualTo("READY");
        var id = made.text("/id");
        assertThat(made.header("Location")).isEqualTo("/v1/fleets/" + id);
        assertThat(get("/v1/fleets/" + id + "/brokers").json().at("/data").size())
                .isZero();
        assertThat(get("/v1/fleets/" + id + "/brokers/brk_x").status()).isEqualTo(404);

        var renamed =
                patch("/v1/fleets/" + id, "{\"metadata\":{\"name\":\"smaller\"}}", "If-Match", made.header("ETag"));
        assertThat(renamed.status()).isEqualTo(200);
        assertThat(renamed.json().at("/spec/desired_brokers").asInt()).isZero();
        assertThat(renamed.text("/metadata/labels/zone")).isEqualTo("a");
        assertThat(patch("/v1/fleets/" + id, "{\"spec\":{\"desired_brokers\":5000}}")
                        .status())
                .isEqualTo(422);
        assertThat(delete("/v1/fleets/" + id).status()).isEqualTo(204);
        assertThat(get("/v1/fleets/" + id).status()).isEqualTo(404);
    }

    @Test
    void fleetsAreNotForTenants() {
        var key = post("/v1/api-keys", """
                {"metadata":{"name":"t","tenant_id":"%s"},"spec":{"role":"TENANT_ADMIN"}}""".formatted(aTenant())).text("/status/secret");

        assertThat(send("GET", "/v1/fleets", null, key).status()).isEqualTo(403);
        assertThat(send("POST", "/v1/fleets", "{\"metadata\":{\"name\":\"x\"}}", key)
                        .status())
                .isEqualTo(403);
    }
}
