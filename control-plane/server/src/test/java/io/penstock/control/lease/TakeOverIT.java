// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.control.ControlPlaneApplication;
import io.penstock.control.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Two whole control planes on one database.
class TakeOverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path place;

    private final Map<String, Object> settings = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void oneActsAndTheOtherPassesOnUntilItTakesOver() throws Exception {
        TestDatabase.register((name, value) -> settings.put(name, value.get()));
        settings.put("penstock.grpc.port", 0);
        settings.put("server.port", 0);
        settings.put("penstock.bootstrap.api-key-file", place.resolve("api-key"));
        settings.put("penstock.secrets-key-file", place.resolve("secrets-key"));
        settings.put("penstock.replica.lifetime", "2s");

        try (var first = replica();
                var second = replica()) {
            Lease one = first.getBean(Lease.class);
            Lease other = second.getBean(Lease.class);
            await().atMost(PATIENCE)
                    .until(() -> other.active()
                            .filter(replica -> !replica.httpAddress().isEmpty())
                            .isPresent());
            assertThat(List.of(one.held(), other.held())).containsExactly(true, false);

            // What is asked of the one that stands by is answered by the one that acts, as if it were one.
            assertThat(post(second, "before").statusCode()).isEqualTo(201);
            HttpResponse<String> tenants = get(second, "/v1/tenants?page_size=1");
            assertThat(tenants.body()).contains("\"before\"");
            assertThat(get(second, "/v1/nowhere").statusCode()).isEqualTo(404);
            assertThat(get(second, "/v1/control-planes").body())
                    .contains("ACTIVE", "STANDBY", one.self().id(), other.self().id());
            assertThat(links(second)).contains(":" + port(second) + "/");

            // It cannot write, whoever tries.
            JdbcClient standby = JdbcClient.create(second.getBean(DataSource.class));
            assertThatThrownBy(() -> standby.sql("delete from tenants").update())
                    .hasMessageContaining("does not hold the lease");
            assertThatThrownBy(() -> standby.sql("truncate operations").update())
                    .hasMessageContaining("does not hold the lease");
            assertThat(unfenced(standby)).isEmpty();

            // The active one says nothing any more, in the midst of a transaction: as if it were stopped.
            var asleep = new CountDownLatch(1);
            var outcome = new AtomicReference<Throwable>();
            Thread paused = Thread.ofVirtual().start(() -> paused(first, asleep, outcome));
            var onlyConnection =
                    first.getBean(LeaseConfiguration.LeaseDatabase.class).pool().getConnection();
            await().atMost(PATIENCE).until(other::held);
            assertThat(other.epoch()).isEqualTo(one.epoch() + 1);
            asleep.countDown();
            paused.join();
            assertThat(outcome.get()).as("its transaction is no more").isNotNull();
            // Its connections of before were ended; those of after are refused. None of them may write.
            JdbcClient former = JdbcClient.create(first.getBean(DataSource.class));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> former.sql("delete from tenants").update())
                            .hasMessageContaining("does not hold the lease"));
            assertThat(post(second, "after").statusCode()).isEqualTo(201);
            assertThat(get(second, "/v1/tenants").body())
                    .contains("\"before\"", "\"after\"")
                    .doesNotContain("paused");

            // When it looks again it ends.
            onlyConnection.close();
            await().atMost(PATIENCE).until(() -> !first.isActive());
        }
        try (var third = replica()) {
            assertThat(third.getBean(Lease.class).held())
                    .as("what was given back needs no waiting")
                    .isTrue();
        }
    }

    /// Every table but those of the lease itself has the trigger.
    private static List<String> unfenced(JdbcClient jdbc) {
        return jdbc.sql("select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace"
                        + " and not exists (select from pg_trigger where tgrelid = c.oid"
                        + " and tgname = 'refuse_former_holders') and relname not in"
                        + " ('control_plane_lease', 'control_plane_replicas', 'flyway_schema_history')")
                .query(String.class)
                .list();
    }

    private static void paused(
            ConfigurableApplicationContext process, CountDownLatch asleep, AtomicReference<Throwable> outcome) {
        try {
            process.getBean(TransactionTemplate.class).executeWithoutResult(_ -> {
                process.getBean(JdbcClient.class)
                        .sql("update tenants set description = 'paused'")
                        .update();
                try {
                    asleep.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        } catch (RuntimeException e) {
            outcome.set(e);
        }
    }

    private ConfigurableApplicationContext replica() {
        return new SpringApplicationBuilder(ControlPlaneApplication.class)
                .properties(settings)
                .run();
    }

    private static String port(ConfigurableApplicationContext process) {
        return process.getEnvironment().getRequiredProperty("local.server.port");
    }

    private String links(ConfigurableApplicationContext process) throws Exception {
        assertThat(post(process, "more").statusCode()).isEqualTo(201);
        return get(process, "/v1/tenants?page_size=1").body();
    }

    private HttpResponse<String> get(ConfigurableApplicationContext process, String path) throws Exception {
        return http.send(request(process, path).GET().build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(ConfigurableApplicationContext process, String tenant) throws Exception {
        return http.send(
                request(process, "/v1/tenants")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"metadata\":{\"name\":\"" + tenant + "\"},\"spec\":{}}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(ConfigurableApplicationContext process, String path) throws Exception {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(process) + path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(place.resolve("api-key")).strip());
    }
}
