// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdempotencyIT extends ApiContract {
    private static final String HEADER = "Idempotency-Key";

    @Test
    void aRepetitionIsAnsweredAlikeWhateverTheOrderOfItsFields() {
        var first = post("/v1/tenants", """
                {"metadata":{"name":"once","labels":{"a":"1","b":"2"}}}""", HEADER, "order-of-fields");
        var second = post("/v1/tenants", """
                {"metadata":{"labels":{"b":"2","a":"1"},  "name":"once"}}""", HEADER, "order-of-fields");

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.response().body()).isEqualTo(first.response().body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
    }

    @Test
    void anotherBodyUnderTheSameKeyIsRefused() {
        post("/v1/tenants", "{\"metadata\":{\"name\":\"body-a\"}}", HEADER, "another-body");

        var refused = post("/v1/tenants", "{\"metadata\":{\"name\":\"body-b\"}}", HEADER, "another-body");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/code")).isEqualTo("idempotency_key_reused");
    }

    @Test
    void ofManyAtOnceOneIsAnsweredAndNoneIsDoneTwice() {
        var answers = IntStream.range(0, 8)
                .mapToObj(_ -> CompletableFuture.supplyAsync(
                        () -> post("/v1/tenants", "{\"metadata\":{\"name\":\"at-once\"}}", HEADER, "many-at-once")))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(201, 409));
        assertThat(answers.stream().filter(answer -> answer.status() == 409).map(answer -> answer.text("/code")))
                .as("as many as came while the first was under way: all, or none")
                .allMatch("request_in_progress"::equals);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .map(answer -> answer.text("/id"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aSecretIsShownAgainToTheSameRequestForAWhile() {
        var body = "{\"metadata\":{\"name\":\"replayed-secret\"},\"spec\":{\"role\":\"VIEWER\"}}";
        var first = post("/v1/api-keys", body, HEADER, "secret-bearing");
        var second = post("/v1/api-keys", body, HEADER, "secret-bearing");

        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.text("/status/secret"))
                .isEqualTo(first.text("/status/secret"))
                .startsWith("psk_");
    }

    @Test
    void aRefusedRequestIsRepeatedAsRefused() {
        var first = post("/v1/tenants", "{\"metadata\":{\"name\":\"Not Right\"}}", HEADER, "refused-once");
        var second = post("/v1/tenants", "{\"metadata\":{\"name\":\"Not Right\"}}", HEADER, "refused-once");

        assertThat(first.status()).isEqualTo(422);
        assertThat(second.status()).isEqualTo(422);
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.header("Content-Type")).startsWith("application/problem+json");
        assertThat(post("/v1/tenants", "{}", HEADER, "short").status()).isEqualTo(400);
    }
}
