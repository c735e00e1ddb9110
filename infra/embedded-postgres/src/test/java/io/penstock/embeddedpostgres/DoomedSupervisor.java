// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import java.nio.file.Path;
import java.sql.DriverManager;

/// Starts a server and dies at once without a goodbye, as by `kill -9`.
final class DoomedSupervisor {
    private DoomedSupervisor() {}

    public static void main(String[] arguments) throws Exception {
        var server = EmbeddedPostgres.start(PostgresSettings.in(Path.of(arguments[0])));
        try (var connection = DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
                var statement = connection.createStatement()) {
            statement.execute("create table kept as select 1 as one");
        }
        System.out.println("postgres=" + server.pid());
        System.out.flush();
        Runtime.getRuntime().halt(137);
    }
}
