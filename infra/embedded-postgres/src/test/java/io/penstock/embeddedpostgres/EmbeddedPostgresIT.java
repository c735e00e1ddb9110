// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    @TempDir
    Path folder;

    @Test
    void aFreshServerIsSafeAndAsksForItsPassword() throws Exception {
        try (var server = EmbeddedPostgres.start(settings())) {
            try (var connection = connect(server)) {
                assertThat(ask(connection, "show fsync")).isEqualTo("on");
                assertThat(ask(connection, "show data_checksums")).isEqualTo("on");
                assertThat(ask(connection, "show listen_addresses")).isEqualTo("127.0.0.1");
                assertThat(ask(connection, "show server_version")).startsWith("18");
                assertThat(ask(connection, "select current_database()")).isEqualTo("penstock");
            }
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.username(), "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void whatWasCommittedIsThereAfterARestartOnTheSameFolder() throws Exception {
        try (var first = EmbeddedPostgres.start(settings());
                var connection = connect(first)) {
            tell(connection, "create table pipes (name text)");
            tell(connection, "insert into pipes values ('penstock')");
        }

        try (var second = EmbeddedPostgres.start(settings());
                var connection = connect(second)) {
            assertThat(ask(connection, "select name from pipes")).isEqualTo("penstock");
        }
    }

    @Test
    void aServerWhoseSupervisorWasKilledIsStoppedInOrderAndTheFolderServesAgain() throws Exception {
        var orphan = anOrphan();

        try (var server = EmbeddedPostgres.start(settings());
                var connection = connect(server)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(ask(connection, "select count(*)::text from kept")).isEqualTo("1");
            assertThat(Files.readString(folder.resolve("postgres.log")))
                    .doesNotContain("database system was not properly shut down");
        }
    }

    @Test
    void aPidFileThatNamesAStrangerStopsNobodyAndIsRemoved() throws Exception {
        EmbeddedPostgres.start(settings()).stop();
        var stranger = ProcessHandle.current().pid();
        Files.write(folder.resolve("data/postmaster.pid"), List.of(Long.toString(stranger), "/elsewhere"));

        try (var server = EmbeddedPostgres.start(settings())) {
            assertThat(server.pid()).isNotEqualTo(stranger);
            assertThat(ProcessHandle.current().isAlive()).isTrue();
        }
    }

    @Test
    void aSecondSupervisorOnTheFolderIsTurnedAwayWithAClearMessage() {
        try (var first = EmbeddedPostgres.start(settings())) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(settings()))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("served by another running Penstock");
            assertThat(first.onExit()).isNotDone();
        }
    }

    @Test
    void aPortInUseIsSaidPlainly() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(settings().onPort(taken.getLocalPort())))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for PostgreSQL is in use");
        }
    }

    @Test
    void aFolderOfAnotherMajorVersionIsRefused() throws Exception {
        EmbeddedPostgres.start(settings()).stop();
        Files.writeString(folder.resolve("data/PG_VERSION"), "99\n");

        assertThatThrownBy(() -> EmbeddedPostgres.start(settings()))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("was made by PostgreSQL 99");
    }

    @Test
    void stoppingTwiceIsHarmlessAndTheProcessIsGone() {
        var server = EmbeddedPostgres.start(settings());

        server.stop();
        server.stop();

        assertThat(server.onExit().join()).isZero();
        assertThat(ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    /// What a supervisor's death by `kill -9` leaves: the server of this folder runs and nobody holds the lock.
    private ProcessHandle anOrphan() throws Exception {
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedSupervisor.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("supervisor.log").toFile())
                .start();
        command.waitFor();
        var pid = Files.readAllLines(folder.resolve("supervisor.log")).stream()
                .filter(line -> line.startsWith("postgres="))
                .map(line -> Long.parseLong(line.substring("postgres=".length())))
                .findFirst()
                .orElseThrow();
        var orphan = ProcessHandle.of(pid).orElseThrow();
        assertThat(orphan.isAlive()).isTrue();
        return orphan;
    }

    private PostgresSettings settings() {
        return PostgresSettings.in(folder);
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
    }

    private static String ask(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void tell(Connection connection, String command) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
