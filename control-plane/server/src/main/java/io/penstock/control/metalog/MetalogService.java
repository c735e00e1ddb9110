// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.control.metalog.Fates.Fate;
import io.penstock.control.metalog.Outbox.Attachment;
import io.penstock.control.metalog.Outbox.Row;
import io.penstock.metadata.BrokenChainException;
import io.penstock.metadata.ClusterIdentity;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.MetalogStoppedException;
import io.penstock.metadata.MetalogTimer;
import io.penstock.metadata.MetalogWrite;
import io.penstock.metadata.SnapshotSchedule;
import io.penstock.metadata.WriteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/// [Metalog] on an outbox in PostgreSQL and the clusters' buckets.
///
/// Publication is one lane per cluster: entries go out one after the other, and every step may be repeated, so a
/// crash anywhere is finished by whoever calls [#resume] next. Several processes may do so at once.
public final class MetalogService implements Metalog, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetalogService.class);

    private final Outbox outbox;
    private final ShardRows rows;
    private final TransactionTemplate transactions;
    private final Function<String, ObjectStore> stores;
    private final EntryAudience audience;
    private final ApplicationEventPublisher events;
    private final MetalogSettings settings;
    private final MetalogTimer timer;
    private final Executor threads;
    private final Clock clock;
    private final RandomGenerator random;
    private final BucketImages bucketImages;
    private final UUID controlPlane;

    private final Fates fates = new Fates();
    private final ConcurrentMap<String, ClusterImage> images = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, AtomicInteger> lanes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, SnapshotSchedule> snapshots = new ConcurrentHashMap<>();
    private final Set<String> catchingUp = ConcurrentHashMap.newKeySet();
    private final MeterRegistry meters;
    private final Timer commits;
    private final Counter conflicts;
    private volatile boolean closed;

    /// @param stores bucket id → its open store
    /// @param threads runs blocking work; one (virtual) thread per task
    public MetalogService(
            DataSource database,
            PlatformTransactionManager transactionManager,
            Function<String, ObjectStore> stores,
            EntryAudience audience,
            ApplicationEventPublisher events,
            MetalogSettings settings,
            MetalogTimer timer,
            Executor threads,
            Clock clock,
            RandomGenerator random,
            MeterRegistry meters) {
        this.outbox = new Outbox(JdbcClient.create(database));
        this.rows = new ShardRows(new JdbcTemplate(database));
        this.transactions = new TransactionTemplate(transactionManager);
        this.stores = stores;
        this.audience = audience;
        this.events = events;
        this.settings = settings;
        this.timer = timer;
        this.threads = threads;
        this.clock = clock;
        this.random = random;
        this.bucketImages = new BucketImages(settings, timer, threads);
        UUID drawn = new UUID(random.nextLong(), random.nextLong());
        this.controlPlane = Objects.requireNonNull(transactions.execute(status -> outbox.controlPlane(drawn)));
        this.meters = meters;
        this.commits = Timer.builder("penstock.metadata.commit")
                .description("From the commit of a change of metadata until its entry is in the bucket")
                .publishPercentileHistogram()
                .register(meters);
        this.conflicts = Counter.builder("penstock.metadata.conflicts")
                .description("Entries that found something else under their number")
                .register(meters);
    }

    /// Finishes what a former process left: publishes what is in outboxes, and adopts what the bucket knows
    /// better. Goes on until each bucket has answered.
    public void resume() {
        outbox.newest().keySet().forEach(this::catchUp);
    }

    /// Holds what brokers have applied against the database. An entry that it does not know shows that it was
    /// put back to an older state: then the bucket is asked, and wins. Costs one query, and no request while
    /// all is well.
    ///
    /// @param applied cluster id → newest entry that any broker has applied
    public void compare(Map<String, Integer> applied) {
        outbox.newest().forEach((clusterId, newest) -> {
            if (applied.getOrDefault(clusterId, 0) > newest) {
                catchUp(clusterId);
            }
        });
    }

    private void catchUp(String clusterId) {
        if (catchingUp.add(clusterId)) {
            threads.execute(() -> proveAtLast(clusterId));
        }
    }

    private void proveAtLast(String clusterId) {
        try {
            if (!closed) {
                prove(clusterId);
            }
            catchingUp.remove(clusterId);
        } catch (MetalogDetachedException e) {
            catchingUp.remove(clusterId);
        } catch (RuntimeException e) {
            log.warn("event=metalog_not_caught_up cluster={} cause={}", clusterId, e.toString());
            timer.schedule(settings.stumble(), threads, () -> proveAtLast(clusterId));
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    // ---- composing

    @Override
    public int append(String clusterId, Function<ClusterImage, List<MetalogRecord>> change) {
        return compose(clusterId, change).number();
    }

    @Override
    public Appended change(String clusterId, Function<ClusterImage, List<MetalogRecord>> change) {
        return Objects.requireNonNull(transactions.execute(status -> compose(clusterId, change)));
    }

    private Appended compose(String clusterId, Function<ClusterImage, List<MetalogRecord>> change) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new IllegalStateException("an entry is composed inside the transaction that changes its rows");
        }
        if (!images.containsKey(clusterId)) {
            image(clusterId); // reads the bucket, if it must, before the row is locked
        }
        Row row = outbox.lock(clusterId).orElseThrow(() -> unknown(clusterId));
        requireOwned(row);
        ClusterImage before = newest(row);
        List<MetalogRecord> records = change.apply(before);
        if (records.isEmpty()) {
            return new Appended(before.number(), pending(row, before.number()).stored());
        }
        EncodedEntry entry = MetalogCodec.encode(before.next(controlPlane, random.nextLong(), clock.millis(), records));
        ImageChange step = step(before, entry);
        step.voidReason().ifPresent(reason -> {
            throw new MetalogRefusedException(clusterId, reason);
        });
        outbox.add(clusterId, entry);
        rows.project(clusterId, step);
        events.publishEvent(new EntryComposed(clusterId, step));
        Fate fate = Fate.of(entry);
        Composing.of(this, clusterId).composed(step.after(), entry, fate);
        return new Appended(entry.number(), fate.stored());
    }

    private static ImageChange step(ClusterImage before, EncodedEntry entry) {
        try {
            return before.apply(entry);
        } catch (MetadataFormatException e) {
            throw new IllegalStateException("an entry of our own cannot be read", e);
        }
    }

    /// What one transaction composed for one cluster: nobody else sees it before the commit.
    private static final class Composing implements TransactionSynchronization {
        private record Key(MetalogService metalog, String clusterId) {}

        private record Composed(EncodedEntry entry, Fate fate) {}

        private final Key key;
        private final List<Composed> entries = new ArrayList<>();
        private Optional<ClusterImage> newest = Optional.empty();

        private Composing(Key key) {
            this.key = key;
        }

        static Composing of(MetalogService metalog, String clusterId) {
            Key key = new Key(metalog, clusterId);
            if (TransactionSynchronizationManager.getResource(key) instanceof Composing present) {
                return present;
            }
            var composing = new Composing(key);
            TransactionSynchronizationManager.bindResource(key, composing);
            TransactionSynchronizationManager.registerSynchronization(composing);
            return composing;
        }

        void composed(ClusterImage image, EncodedEntry entry, Fate fate) {
            newest = Optional.of(image);
            entries.add(new Composed(entry, fate));
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResource(key);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(key, this);
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(key);
            if (status == STATUS_COMMITTED) {
                key.metalog.committed(this);
            } else {
                String outcome = status == STATUS_ROLLED_BACK ? "was rolled back" : "has an unknown outcome";
                entries.forEach(c -> c.fate.fail(new IllegalStateException(
                        "the transaction of entry " + c.entry.number() + " of " + key.clusterId + " " + outcome)));
                // If the answer to the commit was lost, the entry may be in the outbox all the same.
                key.metalog.signal(key.clusterId);
            }
        }
    }

    private void committed(Composing composing) {
        String clusterId = composing.key.clusterId();
        composing.newest.ifPresent(
                image -> images.merge(clusterId, image, (one, other) -> other.number() >= one.number() ? other : one));
        for (Composing.Composed composed : composing.entries) {
            Timer.Sample sample = Timer.start(meters);
            composed.fate().stored().thenRun(() -> sample.stop(commits));
            fates.await(clusterId, composed.entry().number(), composed.fate());
        }
        signal(clusterId);
    }

    // ---- images

    @Override
    public ClusterImage image(String clusterId) {
        ClusterImage cached = images.get(clusterId);
        if (cached != null) {
            return cached;
        }
        Row row = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
        return load(row);
    }

    /// The image that the row says is the newest. The row is locked.
    private ClusterImage newest(Row row) {
        if (TransactionSynchronizationManager.getResource(new Composing.Key(this, row.clusterId()))
                        instanceof Composing composing
                && composing.newest.filter(row::isNewest).isPresent()) {
            return composing.newest.get();
        }
        ClusterImage cached = images.get(row.clusterId());
        if (cached != null && row.isNewest(cached)) {
            return cached;
        }
        // Another process composed entries meanwhile, or the database was rolled back.
        ClusterImage loaded = load(row);
        if (!row.isNewest(loaded)) {
            threads.execute(() -> adopt(row.clusterId(), Optional.empty()));
            throw new MetalogConflictException(row.clusterId(), row.nextEntry());
        }
        return loaded;
    }

    /// The bucket's image, and on top of it whatever follows in the outbox.
    private ClusterImage load(Row row) {
        ClusterImage image = row.nextEntry() == 1
                ? ClusterImage.EMPTY
                : await(bucketImages.newest(stores.apply(row.bucketId()), row.keys()));
        for (EncodedEntry entry : outbox.from(row.clusterId(), image.number() + 1)) {
            try {
                image = image.apply(entry).after();
            } catch (BrokenChainException | MetadataFormatException e) {
                log.warn(
                        "event=outbox_does_not_follow_bucket cluster={} entry={} cause={}",
                        row.clusterId(),
                        entry.number(),
                        e.getMessage());
                break;
            }
        }
        if (row.isNewest(image)) {
            images.put(row.clusterId(), image);
        }
        return image;
    }

    private ClusterImage await(CompletableFuture<ClusterImage> image) {
        try {
            return image.get(settings.loadPatience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetalogStoppedException stopped) {
                throw stopped;
            }
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the bucket did not give the cluster's image in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading a cluster's image", e);
        }
    }

    // ---- what became of it

    @Override
    public CompletableFuture<Void> stored(String clusterId, int number) {
        Row row = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
        return pending(row, number).applied();
    }

    /// Who writes the entries of this control plane: one id for the life of its database.
    public UUID controlPlane() {
        return controlPlane;
    }

    /// The newest entry that is known to be in the bucket; 0: none.
    public int storedEntry(String clusterId) {
        return outbox.row(clusterId).map(Row::storedEntry).orElse(0);
    }

    private Fate pending(Row row, int number) {
        Optional<Fate> known = fates.of(row.clusterId(), number);
        if (known.isPresent()) {
            return known.get();
        }
        if (number <= row.storedEntry()) {
            return Fate.inForce();
        }
        Optional<EncodedEntry> entry = outbox.from(row.clusterId(), number).stream()
                .filter(e -> e.number() == number)
                .findFirst();
        if (entry.isEmpty()) {
            // The row was read before the outbox: the entry may have left it by being stored in between.
            return number <= storedEntry(row.clusterId())
                    ? Fate.inForce()
                    : Fate.ofLost(new MetalogConflictException(row.clusterId(), number));
        }
        Fate fate = Fate.of(entry.get());
        fates.await(row.clusterId(), number, fate);
        signal(row.clusterId());
        return fate;
    }

    // ---- publishing

    /// There may be something to publish.
    private void signal(String clusterId) {
        AtomicInteger asked = lanes.computeIfAbsent(clusterId, c -> new AtomicInteger());
        if (asked.getAndIncrement() == 0) {
            threads.execute(() -> runLane(clusterId, asked));
        }
    }

    private void runLane(String clusterId, AtomicInteger asked) {
        int seen;
        do {
            seen = asked.get();
            try {
                publishAll(clusterId);
            } catch (RuntimeException e) {
                if (!closed) {
                    log.warn("event=publication_stumbled cluster={} cause={}", clusterId, e.toString());
                    timer.schedule(settings.stumble(), threads, () -> signal(clusterId));
                }
            }
        } while (asked.addAndGet(-seen) > 0);
    }

    private void publishAll(String clusterId) {
        while (!closed) {
            Optional<Outbox.Due> due = outbox.due(clusterId);
            if (due.isEmpty()) {
                settle(clusterId);
                return;
            }
            EncodedEntry entry = due.get().entry();
            var writer = new MetalogWrite(
                    stores.apply(due.get().bucketId()), due.get().keys(), settings.retries(), timer, threads);
            switch (writer.write(entry).join()) {
                case WriteOutcome.Stored _ -> {
                    published(clusterId, entry);
                    schedule(clusterId, due.get()).stored(entry);
                }
                case WriteOutcome.Conflict(EncodedEntry found) -> {
                    conflicts.increment();
                    log.error("event=metalog_conflict cluster={} entry={} found={}", clusterId, entry, found);
                    adopt(clusterId, Optional.of(entry));
                }
            }
        }
    }

    private SnapshotSchedule schedule(String clusterId, Outbox.Due due) {
        return snapshots.computeIfAbsent(
                clusterId,
                c -> new SnapshotSchedule(
                        stores.apply(due.bucketId()),
                        due.keys(),
                        settings.snapshots(),
                        settings.following(),
                        timer,
                        new SerialExecutor(threads)));
    }

    /// The entry is in the bucket: tell brokers, answer callers, and note it. Every step may be repeated.
    private void published(String clusterId, EncodedEntry entry) {
        var applied = new CompletableFuture<Void>();
        audience.stored(clusterId, entry).whenComplete((done, failure) -> applied.complete(null));
        timer.schedule(settings.appliedPatience(), threads, () -> applied.complete(null));
        fates.stored(clusterId, entry, applied);
        transactions.executeWithoutResult(status -> {
            outbox.lock(clusterId);
            outbox.noteStored(clusterId, entry);
        });
        log.debug("event=entry_stored cluster={} entry={} bytes={}", clusterId, entry.number(), entry.size());
    }

    /// Another process may have published what callers of this one wait for: the bucket tells whether it was
    /// theirs.
    private void settle(String clusterId) {
        if (!fates.hasUndecided(clusterId)) {
            return;
        }
        Row row = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
        for (int number : fates.undecidedUpTo(clusterId, row.storedEntry())) {
            readEntry(row, number)
                    .ifPresent(entry -> fates.stored(clusterId, entry, CompletableFuture.completedFuture(null)));
        }
    }

    private Optional<EncodedEntry> readEntry(Row row, int number) {
        GetOutcome outcome =
                stores.apply(row.bucketId()).get(row.keys().entry(number)).join();
        return outcome instanceof GetOutcome.Found found
                ? Optional.of(EncodedEntry.of(number, found.bytes()))
                : Optional.empty();
    }

    /// The bucket wins: what it holds is what happened, and the outbox did not.
    ///
    /// @param ours the entry that met another one under its number; empty: the bucket is ahead of an empty outbox
    private void adopt(String clusterId, Optional<EncodedEntry> ours) {
        Row before = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
        ClusterImage image;
        try {
            image = await(bucketImages.newest(stores.apply(before.bucketId()), before.keys()));
        } catch (MetalogStoppedException e) {
            if (before.attachment() == Attachment.CLAIMING) {
                throw e;
            }
            detach(clusterId, "the bucket's metalog cannot be read: " + e.getMessage());
            return;
        }
        boolean adopted = Boolean.TRUE.equals(transactions.execute(status -> {
            Row row = outbox.lock(clusterId).orElseThrow(() -> unknown(clusterId));
            boolean due = ours.map(entry -> outbox.holds(clusterId, entry))
                    .orElseGet(
                            () -> row.hasEmptyOutbox() && image.number() >= row.storedEntry() && !row.isNewest(image));
            if (row.attachment() == Attachment.DETACHED || !due) {
                return false;
            }
            project(clusterId, image);
            if (row.attachment() == Attachment.OWNED) {
                image.owner().filter(owner -> !owner.equals(controlPlane)).ifPresent(owner -> {
                    String reason = "control plane " + owner + " has claimed it";
                    outbox.detach(clusterId, reason);
                    events.publishEvent(new ClusterDetached(clusterId, reason));
                });
            }
            return true;
        }));
        if (!adopted) {
            return;
        }
        images.put(clusterId, image);
        fates.conflict(clusterId, ours.map(EncodedEntry::number).orElse(before.nextEntry()));
        log.error(
                "event=bucket_won cluster={} entry={} owner={}",
                clusterId,
                image.number(),
                image.owner().orElse(null));
        tellNewest(before, image);
    }

    /// What the image says becomes what the rows say.
    private void project(String clusterId, ClusterImage image) {
        outbox.adopt(clusterId, image);
        rows.rebuild(clusterId, image);
        events.publishEvent(new ImageAdopted(clusterId, image));
    }

    private void detach(String clusterId, String reason) {
        transactions.executeWithoutResult(status -> {
            outbox.lock(clusterId);
            outbox.detach(clusterId, reason);
            events.publishEvent(new ClusterDetached(clusterId, reason));
        });
        fates.conflict(clusterId, 1);
        images.remove(clusterId);
        log.error("event=cluster_detached cluster={} reason={}", clusterId, reason);
    }

    /// Brokers that get the last entry read the ones before it from the bucket.
    private void tellNewest(Row row, ClusterImage image) {
        if (image.number() > 0) {
            readEntry(row, image.number()).ifPresent(entry -> audience.stored(row.clusterId(), entry));
        }
    }

    @Override
    public ClusterImage prove(String clusterId) {
        publishAll(clusterId);
        Row row = attached(clusterId);
        switch (stores.apply(row.bucketId())
                .get(row.keys().entry(row.nextEntry()))
                .join()) {
            case GetOutcome.Absent _ -> {}
            case GetOutcome.Found _ -> {
                // Perhaps ours, composed after the row was read: adopting finds out.
                adopt(clusterId, Optional.empty());
                attached(clusterId);
            }
            case GetOutcome.Failed(Throwable cause) ->
                throw new IllegalStateException("the bucket of cluster " + clusterId + " does not answer", cause);
        }
        return image(clusterId);
    }

    @Override
    public void forget(String clusterId) {
        transactions.executeWithoutResult(status -> outbox.forget(clusterId));
        images.remove(clusterId);
        lanes.remove(clusterId);
        snapshots.remove(clusterId);
    }

    private Row attached(String clusterId) {
        Row row = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
        requireOwned(row);
        return row;
    }

    private static void requireOwned(Row row) {
        switch (row.attachment()) {
            case OWNED -> {}
            case CLAIMING -> throw new MetalogDetachedException(row.clusterId(), "it is not claimed yet");
            case DETACHED ->
                throw new MetalogDetachedException(
                        row.clusterId(), row.detachedBecause().orElse("it was claimed"));
        }
    }

    // ---- the beginning

    @Override
    public void createCluster(String clusterId, String tenantId, String bucketId, ClusterSettings settings) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a cluster's prefix is written outside of transactions");
        }
        ClusterPrefix prefix = ClusterPrefix.of(tenantId, clusterId);
        writeIdentity(
                stores.apply(bucketId),
                new MetaKeys(prefix),
                new ClusterIdentity(clusterId, tenantId, settings.shards(), clock.millis()));
        int number = Objects.requireNonNull(transactions.execute(status -> {
            outbox.create(clusterId, tenantId, bucketId, prefix, Attachment.OWNED);
            return append(clusterId, image -> {
                if (image.number() > 0) {
                    return List.of();
                }
                var records = new ArrayList<MetalogRecord>();
                records.add(MetalogRecords.claim(controlPlane));
                records.addAll(MetalogRecords.createCluster(settings));
                return records;
            });
        }));
        stored(clusterId, number).join();
    }

    // ---- adoption

    @Override
    public PrefixContent look(String bucketId, ClusterPrefix prefix) {
        ObjectStore store = stores.apply(bucketId);
        MetaKeys keys = new MetaKeys(prefix);
        try {
            return switch (store.get(keys.cluster()).join()) {
                case GetOutcome.Absent _ -> new PrefixContent.NoCluster();
                case GetOutcome.Failed(Throwable cause) ->
                    new PrefixContent.NoAnswer(String.valueOf(cause.getMessage()));
                case GetOutcome.Found there -> {
                    ClusterIdentity identity = ClusterIdentity.decode(there.bytes());
                    ClusterImage image = await(bucketImages.newest(store, keys));
                    yield image.settings().isEmpty()
                            ? new PrefixContent.NoCluster()
                            : new PrefixContent.Holds(identity, image);
                }
            };
        } catch (MetadataFormatException e) {
            return PrefixContent.unusable(e.reason() == MetadataFormatException.Reason.NEWER, e);
        } catch (MetalogStoppedException e) {
            return PrefixContent.unusable(e.isForNewerVersion(), e);
        } catch (IllegalStateException | CompletionException e) {
            return new PrefixContent.NoAnswer(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void prepareAdoption(String clusterId, String tenantId, String bucketId, ClusterPrefix prefix) {
        forget(clusterId);
        outbox.create(clusterId, tenantId, bucketId, prefix, Attachment.CLAIMING);
    }

    @Override
    public void claim(String clusterId, ClusterSettings settings) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a cluster is claimed outside of transactions");
        }
        while (!closed) {
            publishAll(clusterId);
            Row row = outbox.row(clusterId).orElseThrow(() -> unknown(clusterId));
            if (row.attachment() != Attachment.CLAIMING) {
                requireOwned(row);
                log.info(
                        "event=cluster_claimed cluster={} prefix={} entry={}",
                        clusterId,
                        row.prefix(),
                        row.storedEntry());
                return;
            }
            ClusterImage image = await(bucketImages.newest(stores.apply(row.bucketId()), row.keys()));
            transactions.executeWithoutResult(status -> composeClaim(clusterId, image, settings));
            images.remove(clusterId); // it may be of before the claim, if somebody's entry came first
        }
    }

    /// Our CLAIM goes behind everything that the bucket holds. If somebody's entry comes first, it is
    /// composed again.
    private void composeClaim(String clusterId, ClusterImage image, ClusterSettings settings) {
        Row row = outbox.lock(clusterId).orElseThrow(() -> unknown(clusterId));
        boolean composed = !outbox.from(clusterId, 1).isEmpty();
        if (row.attachment() != Attachment.CLAIMING || composed) {
            return;
        }
        project(clusterId, image);
        var records = new ArrayList<MetalogRecord>();
        records.add(MetalogRecords.claim(controlPlane));
        if (!image.settings().equals(Optional.of(settings))) {
            records.add(MetalogRecords.settings(settings));
        }
        EncodedEntry entry = MetalogCodec.encode(image.next(controlPlane, random.nextLong(), clock.millis(), records));
        ImageChange step = step(image, entry);
        step.voidReason().ifPresent(reason -> {
            throw new MetalogRefusedException(clusterId, reason);
        });
        outbox.add(clusterId, entry);
        rows.project(clusterId, step);
        events.publishEvent(new EntryComposed(clusterId, step));
    }

    /// Write-once; a repeated call finds its own.
    private void writeIdentity(ObjectStore store, MetaKeys keys, ClusterIdentity identity) {
        var bytes = ByteBuffer.wrap(identity.encode());
        for (int attempt = 0; ; attempt++) {
            PutOutcome outcome =
                    store.put(keys.cluster(), bytes, PutCondition.ifAbsent()).join();
            switch (outcome) {
                case PutOutcome.Stored _ -> {
                    return;
                }
                case PutOutcome.Refused _ -> {
                    if (isThere(store, keys, identity)) {
                        return;
                    }
                }
                case PutOutcome.Unknown(Throwable cause) -> {
                    if (attempt == 5) {
                        throw new IllegalStateException("the bucket does not answer: " + cause.getMessage(), cause);
                    }
                }
            }
            pause();
        }
    }

    private static boolean isThere(ObjectStore store, MetaKeys keys, ClusterIdentity identity) {
        if (!(store.get(keys.cluster()).join() instanceof GetOutcome.Found there)) {
            return false;
        }
        try {
            ClusterIdentity found = ClusterIdentity.decode(there.bytes());
            if (found.clusterId().equals(identity.clusterId())
                    && found.tenantId().equals(identity.tenantId())
                    && found.shards() == identity.shards()) {
                return true;
            }
            throw new IllegalStateException("prefix " + keys.prefix() + " belongs to " + found);
        } catch (MetadataFormatException e) {
            throw new IllegalStateException("prefix " + keys.prefix() + " holds an identity that cannot be read", e);
        }
    }

    private void pause() {
        var over = new CompletableFuture<Void>();
        timer.schedule(settings.retries().longest().dividedBy(4), threads, () -> over.complete(null));
        over.join();
    }

    private static IllegalArgumentException unknown(String clusterId) {
        return new IllegalArgumentException("there is no metalog of cluster " + clusterId);
    }
}
