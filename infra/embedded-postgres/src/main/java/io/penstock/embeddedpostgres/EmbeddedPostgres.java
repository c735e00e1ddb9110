// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL server that is a child of this process, with the safety of a real one.
///
/// It writes with `fsync`, checks its pages, asks for a password and listens on loopback only; [#start] answers
/// only when it has read all that back over a connection. A folder is served by one supervisor at a time. A server
/// left behind by a supervisor that was killed is stopped in order before the new one starts, and a stale
/// `postmaster.pid` is never taken for a live process. It touches no process whose working folder is not this
/// database's.
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String READY = "database system is ready to accept connections";

    private final PostgresSettings settings;
    private final PostgresBinaries binaries;
    private final UnprivilegedRunner runner;
    private final FileChannel lock;
    private final int port;
    private final String password;
    private final Process process;

    private EmbeddedPostgres(
            PostgresSettings settings,
            PostgresBinaries binaries,
            UnprivilegedRunner runner,
            FileChannel lock,
            int port,
            String password,
            Process process) {
        this.settings = settings;
        this.binaries = binaries;
        this.runner = runner;
        this.lock = lock;
        this.port = port;
        this.password = password;
        this.process = process;
    }

    /// Starts the database of the settings' folder, making it at first start. Returns when it serves.
    public static EmbeddedPostgres start(PostgresSettings settings) {
        FileChannel lock = null;
        Process process = null;
        try {
            Files.createDirectories(settings.directory());
            lock = locked(settings.directory());
            var binaries = PostgresBinaries.unpackedIn(settings.binaries());
            var runner = UnprivilegedRunner.ofThisProcess();
            var data = settings.directory().resolve("data");
            var password = password(settings.directory());
            if (Files.exists(data.resolve("PG_VERSION"))) {
                refuseAnotherMajorVersion(data, binaries, runner);
                runner.own(settings.directory());
                new Leftovers(data, binaries, runner, settings.stopTimeout()).end();
            } else {
                initialize(settings, binaries, runner);
            }
            var port = settings.port() == 0 ? freePort() : requireFree(settings.port());
            process = launch(settings, binaries, runner, data, port);
            var server = new EmbeddedPostgres(settings, binaries, runner, lock, port, password, process);
            server.awaitReady();
            server.createDatabaseIfAbsent();
            server.requireSafeSettings();
            LOG.info("event=postgres_started port={} pid={} directory={}", port, process.pid(), settings.directory());
            return server;
        } catch (IOException e) {
            abandon(process, lock);
            throw new EmbeddedPostgresException(
                    "PostgreSQL could not be started in " + settings.directory() + ": " + e, e);
        } catch (InterruptedException e) {
            abandon(process, lock);
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while PostgreSQL was starting", e);
        } catch (RuntimeException e) {
            abandon(process, lock);
            throw e;
        }
    }

    /// JDBC URL of the application's database.
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + settings.database();
    }

    /// JDBC URL of another database of this server.
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public String username() {
        return settings.database();
    }

    public String password() {
        return password;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /// Completes when the server has ended, for whatever reason.
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /// Makes one more, empty database on this server (tests share a server this way).
    public void createDatabase(String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("not a database name: " + name);
        }
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new EmbeddedPostgresException("database " + name + " could not be made: " + e.getMessage(), e);
        }
    }

    /// Ends open connections and stops the server in order; does nothing when it has ended already.
    public void stop() {
        try {
            if (process.isAlive()) {
                run(
                        runner,
                        binaries.program("pg_ctl"),
                        settings.directory(),
                        List.of(
                                "stop",
                                "-D",
                                settings.directory().resolve("data").toString(),
                                "-m",
                                "fast",
                                "-t",
                                Long.toString(settings.stopTimeout().toSeconds())),
                        settings.stopTimeout().toSeconds() + 10);
                if (!process.waitFor(settings.stopTimeout().toSeconds(), TimeUnit.SECONDS)) {
                    LOG.warn("event=postgres_killed pid={} reason=no_end_within_stop_timeout", process.pid());
                    process.destroyForcibly().waitFor();
                }
                LOG.info("event=postgres_stopped port={} pid={}", port, process.pid());
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new EmbeddedPostgresException("PostgreSQL could not be stopped in order: " + e, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            closeQuietly(lock);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private static FileChannel locked(Path directory) throws IOException {
        var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("event=postgres_folder_locked_by_this_process directory={}", directory);
        }
        channel.close();
        throw new EmbeddedPostgresException(
                directory + " is served by another running Penstock: stop that one or choose another folder");
    }

    private static String password(Path directory) throws IOException {
        var file = directory.resolve("password");
        if (!Files.exists(file)) {
            var secret = new byte[24];
            new SecureRandom().nextBytes(secret);
            var fresh = directory.resolve("password.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    private static void refuseAnotherMajorVersion(Path data, PostgresBinaries binaries, UnprivilegedRunner runner)
            throws IOException, InterruptedException {
        var made = Files.readString(data.resolve("PG_VERSION")).strip();
        var answer = run(runner, binaries.program("postgres"), data, List.of("--version"), 30);
        var ours = answer.replaceAll("(?s)^.*\\(PostgreSQL\\) (\\d+).*$", "$1");
        if (!made.equals(ours)) {
            throw new EmbeddedPostgresException("the database in " + data + " was made by PostgreSQL " + made
                    + " and this Penstock brings " + ours + ": use the Penstock that made it, or another data folder");
        }
    }

    // The folder appears by a rename, so a start that was interrupted in initdb leaves no half database.
    private static void initialize(PostgresSettings settings, PostgresBinaries binaries, UnprivilegedRunner runner)
            throws IOException, InterruptedException {
        var fresh = settings.directory().resolve("data.new");
        PostgresBinaries.deleteTree(fresh);
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var passwordForInitdb = fresh.resolveSibling("password.initdb");
        Files.deleteIfExists(passwordForInitdb);
        Files.createFile(
                passwordForInitdb, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordForInitdb, password(settings.directory()));
            runner.own(settings.directory());
            var output = run(
                    runner,
                    binaries.program("initdb"),
                    settings.directory(),
                    List.of(
                            "-D",
                            fresh.toString(),
                            "-U",
                            settings.database(),
                            "--pwfile=" + passwordForInitdb,
                            "-A",
                            "scram-sha-256",
                            "--data-checksums",
                            "--encoding=UTF8",
                            "--locale-provider=builtin",
                            "--builtin-locale=C.UTF-8",
                            "--locale=C",
                            "--no-instructions"),
                    settings.startTimeout().toSeconds());
            if (!Files.exists(fresh.resolve("PG_VERSION"))) {
                throw new EmbeddedPostgresException("initdb failed in " + settings.directory() + ": " + output.strip());
            }
        } finally {
            Files.deleteIfExists(passwordForInitdb);
        }
        Files.move(fresh, settings.directory().resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Process launch(
            PostgresSettings settings, PostgresBinaries binaries, UnprivilegedRunner runner, Path data, int port)
            throws IOException {
        var arguments = new ArrayList<String>(List.of("-D", data.toString()));
        for (var setting : List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                // No socket file: nothing to clean up, and no limit on the length of the folder's name.
                "unix_socket_directories=",
                "fsync=on",
                "full_page_writes=on",
                "synchronous_commit=on",
                "max_connections=100",
                "shared_buffers=64MB",
                "timezone=UTC",
                "lc_messages=C",
                "logging_collector=off",
                "log_destination=stderr")) {
            arguments.add("-c");
            arguments.add(setting);
        }
        return processBuilder(runner, binaries.program("postgres"), settings.directory(), arguments)
                .start();
    }

    private void awaitReady() throws InterruptedException {
        var ready = new CompletableFuture<Void>();
        var lastLines = new ArrayList<String>();
        var drained = new CountDownLatch(1);
        Thread.ofVirtual().name("postgres-log-" + port).start(() -> drain(ready, lastLines, drained));
        process.onExit().thenAccept(ended -> {
            try {
                var complete = drained.await(5, TimeUnit.SECONDS);
                synchronized (lastLines) {
                    ready.completeExceptionally(new EmbeddedPostgresException("PostgreSQL ended with exit code "
                            + ended.exitValue() + (complete ? ": " : " (log incomplete): ")
                            + String.join(" | ", lastLines)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            ready.get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EmbeddedPostgresException known
                    ? known
                    : new EmbeddedPostgresException("PostgreSQL did not start", e);
        } catch (TimeoutException e) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL was not ready within " + settings.startTimeout() + ": see "
                            + settings.directory().resolve("postgres.log"),
                    e);
        }
    }

    private void drain(CompletableFuture<Void> ready, List<String> lastLines, CountDownLatch drained) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var log = Files.newBufferedWriter(
                        settings.directory().resolve("postgres.log"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                append(log, line);
                synchronized (lastLines) {
                    lastLines.add(line);
                    if (lastLines.size() > 5) {
                        lastLines.removeFirst();
                    }
                }
                if (line.contains(READY)) {
                    ready.complete(null);
                }
            }
        } catch (IOException e) {
            LOG.warn("event=postgres_log_lost port={} cause={}", port, e.toString());
        } finally {
            drained.countDown();
        }
    }

    private static void append(BufferedWriter log, String line) throws IOException {
        log.write(line);
        log.newLine();
        log.flush();
    }

    private void createDatabaseIfAbsent() {
        try (var connection = connect("postgres");
                var query = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
            query.setString(1, settings.database());
            boolean there;
            try (var rows = query.executeQuery()) {
                there = rows.next();
            }
            if (!there) {
                createDatabase(settings.database());
            }
        } catch (SQLException e) {
            throw new EmbeddedPostgresException("the fresh PostgreSQL does not answer: " + e.getMessage(), e);
        }
    }

    private void requireSafeSettings() {
        try (var connection = connect(settings.database())) {
            for (var setting : List.of("fsync", "full_page_writes", "synchronous_commit", "data_checksums")) {
                var value = shown(connection, setting);
                if (!value.equals("on")) {
                    throw new EmbeddedPostgresException("PostgreSQL in " + settings.directory() + " runs with "
                            + setting + "=" + value + ", which can lose data: remove that setting from its"
                            + " configuration");
                }
            }
        } catch (SQLException e) {
            throw new EmbeddedPostgresException("PostgreSQL's settings could not be read: " + e.getMessage(), e);
        }
    }

    private static String shown(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("show " + setting)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    private Connection connect(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", username());
        properties.setProperty("password", password);
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static int requireFree(int port) throws IOException {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return port;
        } catch (java.net.BindException e) {
            throw new EmbeddedPostgresException(
                    "port " + port + " for PostgreSQL is in use: choose another one, or stop what uses it", e);
        }
    }

    static ProcessBuilder processBuilder(
            UnprivilegedRunner runner, Path program, Path directory, List<String> arguments) {
        var builder = new ProcessBuilder(runner.command(program, arguments))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        // The person's locale and PG* variables must not change what the server does or the words it logs.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /// Runs a program to its end and returns what it said.
    static String run(
            UnprivilegedRunner runner, Path program, Path directory, List<String> arguments, long timeoutSeconds)
            throws IOException, InterruptedException {
        var process = processBuilder(runner, program, directory, arguments).start();
        var output = CompletableFuture.supplyAsync(
                () -> {
                    try (var in = process.getInputStream()) {
                        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        return e.toString();
                    }
                },
                task -> Thread.ofVirtual().start(task));
        if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new EmbeddedPostgresException(
                    program.getFileName() + " did not end within " + timeoutSeconds + " s and was stopped");
        }
        return output.join();
    }

    private static void abandon(@Nullable Process process, @Nullable FileChannel lock) {
        if (process != null) {
            process.destroyForcibly();
        }
        closeQuietly(lock);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("event=postgres_lock_close_failed cause={}", e.toString());
            }
        }
    }
}
