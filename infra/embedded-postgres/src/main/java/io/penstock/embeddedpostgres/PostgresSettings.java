// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import java.nio.file.Path;
import java.time.Duration;

/// Where an embedded PostgreSQL lives and how it may be reached.
///
/// @param directory everything of this database: `data/` (the database), `password` (0600), `postgres.log`, `lock`
/// @param binaries where the binaries are unpacked once and shared by all databases of this machine
/// @param port the loopback port; 0 takes a free one at every start
/// @param database the database made at first start; also the name of its owner
/// @param startTimeout how long recovery after a crash may take before the start is given up
/// @param stopTimeout how long a fast shutdown may take before the process is killed (which loses nothing, but
///     makes the next start recover)
public record PostgresSettings(
        Path directory, Path binaries, int port, String database, Duration startTimeout, Duration stopTimeout) {

    public PostgresSettings {
        directory = directory.toAbsolutePath().normalize();
        binaries = binaries.toAbsolutePath().normalize();
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not within 0..65535");
        }
        if (!database.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "database '" + database + "': use lower-case letters, digits and underscores");
        }
    }

    /// A database named `penstock` in the given folder, on a free port, with the user's cache folder for binaries.
    public static PostgresSettings in(Path directory) {
        return new PostgresSettings(
                directory, userCache(), 0, "penstock", Duration.ofMinutes(2), Duration.ofSeconds(30));
    }

    public PostgresSettings onPort(int chosen) {
        return new PostgresSettings(directory, binaries, chosen, database, startTimeout, stopTimeout);
    }

    public PostgresSettings withBinariesIn(Path folder) {
        return new PostgresSettings(directory, folder, port, database, startTimeout, stopTimeout);
    }

    private static Path userCache() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        var base = xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("penstock");
    }
}
