// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.control.secrets.SecretBox;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Remembers in PostgreSQL which POSTs were answered, and how, for a day.
@Component
class IdempotencyKeys {
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration SECRETS_KEPT = Duration.ofMinutes(10);
    // Longer than any request lives; after it the process that was answering is taken for dead.
    private static final Duration BUSY_AT_MOST = Duration.ofMinutes(2);
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final JdbcClient database;
    private final JsonMapper json;
    private final SecretBox secrets;
    private final Clock clock;

    IdempotencyKeys(JdbcClient database, JsonMapper json, SecretBox secrets, Clock clock) {
        this.database = database;
        this.json = json;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// Where a key counts: the same key of another caller or for another path is another key.
    record Scope(String principal, String path, String key) {
        String label() {
            return principal + " " + path + " " + key;
        }
    }

    /// An answer as it was given.
    @SuppressWarnings("ArrayRecordComponent") // carried from a row to a response, never compared
    record StoredAnswer(int status, Map<String, String> headers, byte[] body) {}

    /// What a key stands for at this moment.
    sealed interface Claim {
        /// Nobody used it: answer the request.
        record Ours() implements Claim {}

        /// It was answered.
        record Replay(StoredAnswer answer) implements Claim {}

        /// Somebody is answering it.
        record InProgress() implements Claim {}

        /// It was used for something else.
        record Reused() implements Claim {}
    }

    @SuppressWarnings("ArrayRecordComponent") // a row as it is, never compared
    private record Row(
            byte[] bodyHash,
            @Nullable Instant busyUntil,
            @Nullable Integer status,
            @Nullable String headers,
            byte @Nullable [] body,
            byte @Nullable [] secretBody,
            @Nullable Instant secretUntil) {}

    Claim claim(Scope scope, byte[] body) {
        var hash = hash(body);
        var now = clock.instant();
        // The primary key decides between two that come at once; an expired row, or one whose process died while
        // answering the very same request, is taken over.
        int won = database.sql("""
                        insert into idempotency_keys (principal, path, key, body_hash, busy_until, expires_at)
                        values (:principal, :path, :key, :hash, :busy, :expires)
                        on conflict (principal, path, key) do update
                        set body_hash = excluded.body_hash, busy_until = excluded.busy_until,
                            expires_at = excluded.expires_at, status = null, headers = null, body = null,
                            secret_body = null, secret_until = null
                        where idempotency_keys.expires_at < :now
                           or (idempotency_keys.status is null and idempotency_keys.busy_until < :now
                               and idempotency_keys.body_hash = excluded.body_hash)
                        """)
                .param("principal", scope.principal())
                .param("path", scope.path())
                .param("key", scope.key())
                .param("hash", hash)
                .param("busy", Timestamp.from(now.plus(BUSY_AT_MOST)))
                .param("expires", Timestamp.from(now.plus(KEPT)))
                .param("now", Timestamp.from(now))
                .update();
        if (won == 1) {
            return new Claim.Ours();
        }
        return database.sql("""
                        select body_hash, busy_until, status, headers::text as headers, body, secret_body, secret_until
                        from idempotency_keys where principal = :principal and path = :path and key = :key
                        """)
                .param("principal", scope.principal())
                .param("path", scope.path())
                .param("key", scope.key())
                .query((row, _) -> new Row(
                        row.getBytes("body_hash"),
                        instant(row.getTimestamp("busy_until")),
                        row.getObject("status", Integer.class),
                        row.getString("headers"),
                        row.getBytes("body"),
                        row.getBytes("secret_body"),
                        instant(row.getTimestamp("secret_until"))))
                .optional()
                .map(row -> judged(scope, row, hash, now))
                // It was forgotten between the two statements: its answer was "try again", and so is ours.
                .orElseGet(Claim.InProgress::new);
    }

    private Claim judged(Scope scope, Row row, byte[] hash, Instant now) {
        if (!Arrays.equals(row.bodyHash(), hash)) {
            return new Claim.Reused();
        }
        var status = row.status();
        var body = row.body();
        var headers = row.headers();
        if (status == null || body == null || headers == null) {
            return new Claim.InProgress();
        }
        var secretBody = row.secretBody();
        var secretUntil = row.secretUntil();
        if (secretBody != null && secretUntil != null && now.isBefore(secretUntil)) {
            body = secrets.opened(scope.label(), secretBody).orElse(body);
        }
        return new Claim.Replay(new StoredAnswer(status, json.readValue(headers, HEADERS), body));
    }

    /// @param withoutSecret how the answer reads without its secret; null if it has none
    void keep(Scope scope, StoredAnswer answer, @Nullable Object withoutSecret) {
        var now = clock.instant();
        database.sql("""
                        update idempotency_keys
                        set busy_until = null, status = :status, headers = :headers::jsonb, body = :body,
                            secret_body = :secretBody, secret_until = :secretUntil
                        where principal = :principal and path = :path and key = :key
                        """)
                .param("status", answer.status())
                .param("headers", json.writeValueAsString(new TreeMap<>(answer.headers())))
                .param("body", withoutSecret == null ? answer.body() : json.writeValueAsBytes(withoutSecret))
                .param("secretBody", withoutSecret == null ? null : secrets.sealedForNow(scope.label(), answer.body()))
                .param("secretUntil", withoutSecret == null ? null : Timestamp.from(now.plus(SECRETS_KEPT)))
                .param("principal", scope.principal())
                .param("path", scope.path())
                .param("key", scope.key())
                .update();
    }

    void forget(Scope scope) {
        database.sql("delete from idempotency_keys where principal = :principal and path = :path and key = :key")
                .param("principal", scope.principal())
                .param("path", scope.path())
                .param("key", scope.key())
                .update();
    }

    @Scheduled(fixedDelayString = "PT10M", initialDelayString = "PT1M")
    void forgetOldOnes() {
        var now = Timestamp.from(clock.instant());
        database.sql("delete from idempotency_keys where expires_at < :now")
                .param("now", now)
                .update();
        database.sql("update idempotency_keys set secret_body = null, secret_until = null where secret_until < :now")
                .param("now", now)
                .update();
    }

    // Two bodies are the same when they say the same, whatever the order of their fields and their spaces.
    private byte[] hash(byte[] body) {
        byte[] canonical;
        try {
            canonical = body.length == 0 ? body : json.writeValueAsBytes(sorted(json.readTree(body)));
        } catch (JacksonException e) {
            canonical = body;
        }
        try {
            return MessageDigest.getInstance("SHA-256").digest(canonical);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private JsonNode sorted(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var fields = new TreeMap<String, JsonNode>();
                object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
                var result = json.createObjectNode();
                fields.forEach(result::set);
                yield result;
            }
            case ArrayNode array -> {
                var result = json.createArrayNode();
                array.forEach(item -> result.add(sorted(item)));
                yield result;
            }
            default -> node;
        };
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
