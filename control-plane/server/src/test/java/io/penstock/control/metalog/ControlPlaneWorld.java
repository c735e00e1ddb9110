// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.control.TestDatabase;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.SnapshotSettings;
import io.penstock.objectstore.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// A database, a bucket, and any number of control-plane processes on them, one after the other or at once.
public final class ControlPlaneWorld implements AutoCloseable {
    private static final DataSource SHARED = newDatabase();

    public static final int SNAPSHOT_EVERY = 8;

    public final DataSource database = SHARED;
    public final DataSourceTransactionManager transactionManager = new DataSourceTransactionManager(database);
    public final TransactionTemplate transactions = new TransactionTemplate(transactionManager);
    public final JdbcClient jdbc = JdbcClient.create(database);
    public final FaultyStore store = new FaultyStore();
    public final List<EncodedEntry> told = new CopyOnWriteArrayList<>();
    public final List<Object> events = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor();
    private final Random seeds = new Random(17);
    private EntryAudience audience = (cluster, entry) -> {
        told.add(entry);
        return CompletableFuture.completedFuture(null);
    };

    public ControlPlaneWorld() {
        jdbc.sql("truncate metalogs cascade").update();
    }

    /// A process that starts now.
    public MetalogService process() {
        return process(database, store);
    }

    /// A process of another installation: a database of its own, the same bucket.
    public MetalogService process(DataSource itsDatabase, ObjectStore itsStore) {
        return new MetalogService(
                itsDatabase,
                new DataSourceTransactionManager(itsDatabase),
                bucket -> itsStore,
                (cluster, entry) -> audience.stored(cluster, entry),
                events::add,
                new MetalogSettings(
                        new io.penstock.metadata.RetrySettings(Duration.ofMillis(5), Duration.ofMillis(20)),
                        io.penstock.metadata.FollowerSettings.defaults(),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(20),
                        new SnapshotSettings(SNAPSHOT_EVERY, 1 << 20),
                        Duration.ofMillis(20)),
                this::later,
                threads,
                Clock.systemUTC(),
                new Random(seeds.nextLong()),
                new SimpleMeterRegistry());
    }

    public void audience(EntryAudience other) {
        audience = other;
    }

    public EntryAudience usualAudience() {
        return (cluster, entry) -> {
            told.add(entry);
            return CompletableFuture.completedFuture(null);
        };
    }

    public <T> T inTransaction(Supplier<T> work) {
        return java.util.Objects.requireNonNull(transactions.execute(status -> work.get()));
    }

    public int storedEntry(String clusterId) {
        return jdbc.sql("select stored_entry from metalogs where cluster_id = ?")
                .param(clusterId)
                .query(Integer.class)
                .single();
    }

    public int outboxSize(String clusterId) {
        return jdbc.sql("select count(*) from metalog_outbox where cluster_id = ?")
                .param(clusterId)
                .query(Integer.class)
                .single();
    }

    public static DataSource newDatabase() {
        Map<String, Supplier<Object>> facts = new HashMap<>();
        TestDatabase.register(facts::put);
        var source = new HikariDataSource();
        source.setJdbcUrl(fact(facts, "spring.datasource.url"));
        source.setUsername(fact(facts, "spring.datasource.username"));
        source.setPassword(fact(facts, "spring.datasource.password"));
        source.setMaximumPoolSize(10);
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        return source;
    }

    private static String fact(Map<String, Supplier<Object>> facts, String name) {
        return java.util.Objects.requireNonNull(facts.get(name)).get().toString();
    }

    private void later(Duration delay, Executor actor, Runnable task) {
        clockwork.schedule(() -> actor.execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
        threads.shutdownNow();
    }
}
