// SPDX-License-Identifier: Apache-2.0
package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Databases as earlier releases left them: every row goes through the migrations since, and no migration that was
/// shipped has changed.
class EarlierReleasesIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HISTORY = "flyway_schema_history";

    private record Row(String table, String json) {}

    @ParameterizedTest
    @ValueSource(strings = "0.1.0")
    void everyRowOfAReleaseLivesThroughTheMigrationsSince(String release) throws IOException {
        List<Row> rows = rows(release);
        SortedMap<MigrationVersion, Integer> shipped = shippedMigrations(rows);
        List<Row> data =
                rows.stream().filter(row -> !row.table().equals(HISTORY)).toList();
        DataSource database = newDatabase();
        JdbcClient jdbc = JdbcClient.create(database);
        flyway(database, shipped.lastKey()).migrate();
        data.forEach(row -> insert(jdbc, row));
        Map<String, Long> before = counts(jdbc, data);

        Flyway today = flyway(database, MigrationVersion.LATEST);
        today.migrate();

        assertThat(counts(jdbc, data)).isEqualTo(before);
        assertThat(checksums(today)).containsAllEntriesOf(shipped);
    }

    private static Map<MigrationVersion, Integer> checksums(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .collect(Collectors.toMap(MigrationInfo::getVersion, MigrationInfo::getChecksum));
    }

    /// Version → checksum of the script, in the order of versions.
    private static SortedMap<MigrationVersion, Integer> shippedMigrations(List<Row> rows) {
        SortedMap<MigrationVersion, Integer> shipped = new TreeMap<>();
        rows.stream().filter(row -> row.table().equals(HISTORY)).forEach(row -> {
            JsonNode migration = JSON.readTree(row.json());
            shipped.put(
                    MigrationVersion.fromVersion(migration.path("version").asString()),
                    migration.path("checksum").asInt());
        });
        return shipped;
    }

    private static void insert(JdbcClient jdbc, Row row) {
        // The name is the fixture's own.
        jdbc.sql("insert into %1$s select * from jsonb_populate_record(null::%1$s, ?::jsonb)".formatted(row.table()))
                .param(row.json())
                .update();
    }

    private static Map<String, Long> counts(JdbcClient jdbc, List<Row> rows) {
        Map<String, Long> counts = new TreeMap<>();
        rows.stream()
                .map(Row::table)
                .distinct()
                .forEach(table -> counts.put(
                        table,
                        jdbc.sql("select count(*) from " + table)
                                .query(Long.class)
                                .single()));
        return counts;
    }

    private static Flyway flyway(DataSource database, MigrationVersion target) {
        return Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .target(target)
                .load();
    }

    private static DataSource newDatabase() {
        Map<String, Supplier<Object>> facts = new HashMap<>();
        TestDatabase.register(facts::put);
        return new SimpleDriverDataSource(
                new org.postgresql.Driver(),
                fact(facts, "spring.datasource.url"),
                fact(facts, "spring.datasource.username"),
                fact(facts, "spring.datasource.password"));
    }

    private static String fact(Map<String, Supplier<Object>> facts, String name) {
        return Objects.requireNonNull(facts.get(name)).get().toString();
    }

    private static List<Row> rows(String release) throws IOException {
        String name = "/releases/" + release + "/database.tsv";
        try (InputStream in = Objects.requireNonNull(EarlierReleasesIT.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> new Row(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1)))
                    .toList();
        }
    }
}
