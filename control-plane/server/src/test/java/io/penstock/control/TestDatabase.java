// SPDX-License-Identifier: Apache-2.0
package io.penstock.control;

import io.penstock.embeddedpostgres.EmbeddedPostgres;
import io.penstock.embeddedpostgres.PostgresSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.util.FileSystemUtils;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// One PostgreSQL for all tests of this JVM: a container when an engine answers, else the embedded one. Every
/// application context gets a database of its own.
public final class TestDatabase {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestDatabase() {}

    /// Where the shared server is.
    private record Server(String urlPrefix, String username, String password, DatabaseMaker maker) {}

    private interface DatabaseMaker {
        void make(String name);
    }

    private static final class Holder {
        static final Server SERVER = start();
    }

    /// Points an application context to a fresh, empty database.
    public static void register(DynamicPropertyRegistry registry) {
        var server = Holder.SERVER;
        var name = "test_" + DATABASES.incrementAndGet();
        server.maker().make(name);
        registry.add("spring.datasource.url", () -> server.urlPrefix() + name);
        registry.add("spring.datasource.username", server::username);
        registry.add("spring.datasource.password", server::password);
    }

    private static Server start() {
        return engineAnswers() ? container() : embedded();
    }

    private static boolean engineAnswers() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static Server container() {
        var container = new PostgreSQLContainer("postgres:18-alpine");
        container.start();
        var prefix = "jdbc:postgresql://" + container.getHost() + ":" + container.getMappedPort(5432) + "/";
        return new Server(prefix, container.getUsername(), container.getPassword(), name -> {
            try (var connection = java.sql.DriverManager.getConnection(
                            container.getJdbcUrl(), container.getUsername(), container.getPassword());
                    var statement = connection.createStatement()) {
                statement.execute("create database " + name);
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Server embedded() {
        try {
            var target = Files.createDirectories(Path.of("target")).toAbsolutePath();
            var folder = Files.createTempDirectory(target, "postgres-");
            var server = EmbeddedPostgres.start(PostgresSettings.in(folder));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder), "stop-test-database"));
            return new Server(
                    server.jdbcUrl("").replaceFirst("/$", "") + "/",
                    server.username(),
                    server.password(),
                    server::createDatabase);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(EmbeddedPostgres server, Path folder) {
        server.stop();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
