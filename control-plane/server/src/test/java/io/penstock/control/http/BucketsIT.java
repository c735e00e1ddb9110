// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketsIT extends ApiContract {
    @TempDir
    Path place;

    @Test
    void aCertifiedBucketIsRegisteredAndVerifiedAgain() {
        var made = post("/v1/buckets", """
                {"metadata":{"name":"local"},"spec":{"uri":"file:%s"}}""".formatted(place.resolve("store")));

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/status/phase")).isEqualTo("READY");
        assertThat(made.text("/status/credentials")).isEqualTo("ENVIRONMENT");
        assertThat(made.json().at("/status/verification/passed").asBoolean()).isTrue();
        assertThat(made.json().at("/status/verification/checks").size()).isPositive();
        var id = made.text("/id");
        var again = post("/v1/buckets/" + id + "/verifications", "");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().at("/status/verification/passed").asBoolean()).isTrue();
        var moved = patch("/v1/buckets/" + id, """
                {"spec":{"uri":"file:/elsewhere"}}""");
        assertThat(moved.status()).isEqualTo(422);
        assertThat(moved.text("/errors/0/pointer")).isEqualTo("/spec/uri");
        assertThat(delete("/v1/buckets/" + id).status()).isEqualTo(204);
        assertThat(get("/v1/buckets/" + id).status()).isEqualTo(404);
    }

    @Test
    void aDryRunCertifiesAndKeepsNothing() {
        var body = """
                {"metadata":{"name":"dry"},"spec":{"uri":"file:%s"}}""".formatted(place.resolve("dry"));

        var dry = post("/v1/buckets?dry_run=true", body);

        assertThat(dry.status()).isEqualTo(200);
        assertThat(dry.json().at("/status/verification/passed").asBoolean()).isTrue();
        var made = post("/v1/buckets", body);
        assertThat(made.status()).isEqualTo(201);
        assertThat(delete("/v1/buckets/" + made.text("/id") + "?dry_run=true").status())
                .isEqualTo(200);
        assertThat(get("/v1/buckets?order_by=name,-created_at").response().body())
                .contains(made.text("/id"));
        assertThat(delete("/v1/buckets/" + made.text("/id")).status()).isEqualTo(204);
    }

    @Test
    void aUriThatCannotBeOpenedIsSaidPlainly() throws Exception {
        Files.writeString(place.resolve("a-file"), "not a folder");

        var unusable = post("/v1/buckets", """
                {"metadata":{"name":"blocked"},"spec":{"uri":"file:%s/below"}}""".formatted(place.resolve("a-file")));
        var unknown = post("/v1/buckets", """
                {"metadata":{"name":"strange"},"spec":{"uri":"ftp://somewhere"}}""");

        assertThat(unusable.status()).isEqualTo(422);
        assertThat(unusable.text("/errors/0/pointer")).isEqualTo("/spec/uri");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text("/errors/0/pointer")).isEqualTo("/spec/uri");
    }

    @Test
    void givenCredentialsAreKeptEncryptedAndNeverShown() {
        var made = post("/v1/buckets", """
                {"metadata":{"name":"keyed"},"spec":{"uri":"file:%s","credentials":
                {"access_key_id":"AKIA","secret_access_key":"very-secret"}}}""".formatted(place.resolve("keyed")));

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/status/credentials")).isEqualTo("GIVEN");
        assertThat(made.response().body()).doesNotContain("very-secret").doesNotContain("AKIA");
        assertThat(get("/v1/buckets/" + made.text("/id")).response().body()).doesNotContain("very-secret");
        delete("/v1/buckets/" + made.text("/id"));
    }

    @Test
    void aStoreThatFailsCertificationIsRefusedWithTheReport() {
        var refused = post("/v1/buckets", """
                {"metadata":{"name":"broken"},"spec":{"uri":"file:%s?error_rate=1"}}""".formatted(place.resolve("broken")));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/code")).isEqualTo("bucket_refused");
        assertThat(refused.json().at("/facts/verification/passed").asBoolean()).isFalse();
        assertThat(refused.json().at("/facts/verification/checks").size()).isPositive();
        assertThat(get("/v1/buckets?include=total_size").response().body()).doesNotContain("broken");
    }

    @Test
    void aStoreThatBrokersCouldNotShareIsRefused() {
        var memory = post("/v1/buckets", "{\"metadata\":{\"name\":\"m\"},\"spec\":{\"uri\":\"memory:\"}}");
        var relative = post("/v1/buckets", "{\"metadata\":{\"name\":\"r\"},\"spec\":{\"uri\":\"file:here\"}}");

        assertThat(memory.text("/errors/0/code")).isEqualTo("not_shared");
        assertThat(relative.text("/errors/0/code")).isEqualTo("not_absolute");
    }
}
