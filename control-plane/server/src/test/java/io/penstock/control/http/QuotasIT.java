// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.control.metalog.Metalog;
import io.penstock.metadata.TenantLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class QuotasIT extends ApiContract {
    @Autowired
    private Optional<Metalog> metalog = Optional.empty();

    private String tenant = "";
    private String cluster = "";

    @BeforeEach
    void aCluster() {
        aBucket();
        tenant = aTenant();
        cluster = aCluster("kafka");
    }

    private String aCluster(String name) {
        return post("/v1/clusters", """
                {"metadata":{"name":"%s","tenant_id":"%s"},"spec":{}}""".formatted(name, tenant), "Prefer", "wait=30")
                .text("/id");
    }

    private String quotas() {
        return "/v1/clusters/" + cluster + "/quotas";
    }

    private Map<String, Double> inTheMetalog(String type, @Nullable String name) {
        var entity = new HashMap<String, @Nullable String>();
        entity.put(type, name);
        var image = metalog.orElseThrow().image(cluster).kafka().clientQuotas();
        var quotas = image.entities().get(new ClientQuotaEntity(entity));
        return quotas == null ? Map.of() : quotas.quotas();
    }

    @Test
    void aQuotaIsMadeReadChangedAndEnded() {
        var made = post(quotas(), """
                {"spec":{"entity":{"principal":"User:shop"},"produce_bytes_per_s":1000,"request_percent":12.5}}""");

        assertThat(made.status()).isEqualTo(201);
        var self = made.text("/metadata/self");
        assertThat(made.header("Location")).isEqualTo(self);
        assertThat(made.text("/id")).startsWith("qta_");
        assertThat(inTheMetalog("user", "shop"))
                .isEqualTo(Map.of("producer_byte_rate", 1000.0, "request_percentage", 12.5));
        assertThat(get(self).text("/spec/entity/principal")).isEqualTo("User:shop");
        assertThat(get(self).json().at("/spec/produce_bytes_per_s").asInt()).isEqualTo(1000);
        var again = post(quotas(), """
                {"spec":{"entity":{"principal":"User:shop"},"fetch_bytes_per_s":1}}""");
        assertThat(again.text("/code")).isEqualTo("already_exists");
        assertThat(again.text("/existing_id")).isEqualTo(made.text("/id"));

        var changed = patch(self, """
                {"spec":{"produce_bytes_per_s":null,"controller_mutations_per_s":5}}""");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(inTheMetalog("user", "shop"))
                .isEqualTo(Map.of("controller_mutation_rate", 5.0, "request_percentage", 12.5));
        assertThat(patch(self, """
                {"spec":{"entity":{"principal":"User:other"}}}""").text("/errors/0/pointer")).isEqualTo("/spec/entity");

        assertThat(delete(self).status()).isEqualTo(204);
        assertThat(delete(self).status()).isEqualTo(404);
        assertThat(inTheMetalog("user", "shop")).isEmpty();
    }

    @Test
    void starsAreKafkasDefaultsAndEveryQuotaIsListed() {
        post(quotas(), """
                {"spec":{"entity":{"principal":"User:*"},"fetch_bytes_per_s":7}}""");
        post(quotas(), """
                {"spec":{"entity":{"ip":"*"},"connections_per_s":9}}""");
        post(quotas(), """
                {"spec":{"entity":{"principal":"User:*","client_id":"flood"},"fetch_bytes_per_s":8}}""");

        assertThat(inTheMetalog("user", null)).isEqualTo(Map.of("consumer_byte_rate", 7.0));
        assertThat(inTheMetalog("ip", null)).isEqualTo(Map.of("connection_creation_rate", 9.0));
        var all = get(quotas() + "?include=total_size");
        assertThat(all.json().at("/metadata/total_size").asInt()).isEqualTo(3);
        assertThat(all.json().at("/data").size()).isEqualTo(3);
    }

    @Test
    void aDryRunChangesNothingAndWrongFieldsAreTold() {
        assertThat(post(quotas() + "?dry_run=true", """
                {"spec":{"entity":{"client_id":"a"},"fetch_bytes_per_s":7}}""").status()).isEqualTo(200);
        assertThat(inTheMetalog("client-id", "a")).isEmpty();
        assertThat(post(quotas(), """
                {"spec":{"entity":{"client_id":"a"}}}""").text("/errors/0/pointer")).isEqualTo("/spec");
        assertThat(post(quotas(), """
                {"spec":{"fetch_bytes_per_s":7}}""").text("/errors/0/pointer")).isEqualTo("/spec/entity");
        assertThat(post(quotas(), """
                {"spec":{"entity":{"ip":"10.0.0.1"},"fetch_bytes_per_s":7}}""").text("/errors/0/detail")).contains("Invalid configuration key");
        assertThat(post(quotas(), """
                {"spec":{"entity":{"client_id":"a"},"fetch_bytes_per_s":-7}}""").text("/errors/0/detail")).contains("must be greater than 0");
    }

    @Test
    void aTenantsLimitsReachAllItsClusters() {
        var later = aCluster("later");
        assertThat(patch("/v1/tenants/" + tenant, """
                {"spec":{"limits":{"produce_bytes_per_s":1000,"connections_per_s":5}}}""").status()).isEqualTo(200);

        var limits = new TenantLimits(OptionalLong.of(1000), OptionalLong.empty(), OptionalLong.of(5));
        await().untilAsserted(() -> {
            assertThat(metalog.orElseThrow().image(cluster).tenantLimits()).isEqualTo(limits);
            assertThat(metalog.orElseThrow().image(later).tenantLimits()).isEqualTo(limits);
        });
        assertThat(get("/v1/tenants/" + tenant)
                        .json()
                        .at("/spec/limits/produce_bytes_per_s")
                        .asInt())
                .isEqualTo(1000);

        patch("/v1/tenants/" + tenant, "{\"spec\":{\"limits\":null}}");
        await().untilAsserted(() ->
                assertThat(metalog.orElseThrow().image(later).tenantLimits()).isEqualTo(TenantLimits.NONE));
        assertThat(patch("/v1/tenants/" + tenant, """
                {"spec":{"limits":{"fetch_bytes_per_s":0}}}""").text("/errors/0/pointer"))
                .isEqualTo("/spec/limits/fetch_bytes_per_s");
    }
}
