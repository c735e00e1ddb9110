// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.log.AppendOrigin;
import io.penstock.log.Batches;
import io.penstock.log.Durability;
import io.penstock.log.HandOffOutcome;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import io.penstock.log.LogWorld;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.Sequencing;
import io.penstock.log.ShardOpening;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A cluster is copied request by request, and between any two requests its brokers write, move shards,
/// die, fold and collect.
class ClusterCopyTest {
    private static final int SEEDS = 25;
    private static final ByteBuffer IDENTITY = ByteBuffer.wrap(new byte[] {1, 2, 3});

    @ParameterizedTest
    @ValueSource(ints = {200, 0})
    void aCopyOfABusyClusterOpensAndIsWholeUpToItsPoint(int rounds) {
        int instants = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            BusyCluster source = new BusyCluster(seed);
            source.begin();
            Set<Written> before = new HashSet<>(source.acknowledged);
            LogWorld elsewhere = elsewhere(seed);

            CopyReport report = source.copyTo(elsewhere, settings(rounds), Integer.MAX_VALUE);

            instants += report.instant() ? 1 : 0;
            source.assertThatItIsWhole(elsewhere, report, before);
        }
        assertThat(instants).as("copies of one instant").matches(found -> rounds == 0 ? found == 0 : found > SEEDS / 2);
    }

    @Test
    void copyingWhatAListingShowsIsNotEnough() {
        int broken = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            BusyCluster source = new BusyCluster(seed);
            source.begin();
            LogWorld elsewhere = elsewhere(seed);
            int entry = source.entry;
            source.copyAsListed(elsewhere);
            try {
                source.openAll(elsewhere, entry);
            } catch (AssertionError damaged) {
                broken++;
            }
        }
        assertThat(broken).isPositive();
    }

    @Test
    void anInterruptedCopyGoesOn() {
        BusyCluster source = new BusyCluster(7);
        source.begin();
        LogWorld elsewhere = elsewhere(7);
        assertThatThrownBy(() -> source.copyTo(elsewhere, settings(200), 40))
                .isInstanceOfSatisfying(
                        CopyFailed.class, e -> assertThat(e.reason()).isEqualTo(CopyFailed.Reason.NO_ANSWER));
        assertThat(elsewhere.bucket.keys()).isNotEmpty();
        Set<Written> before = new HashSet<>(source.acknowledged);

        CopyReport report = source.copyTo(elsewhere, settings(200), Integer.MAX_VALUE);

        assertThat(report.kept()).isPositive();
        source.assertThatItIsWhole(elsewhere, report, before);
        assertThatThrownBy(() -> source.copyTo(elsewhere, settings(200), Integer.MAX_VALUE))
                .isInstanceOfSatisfying(
                        CopyFailed.class, e -> assertThat(e.reason()).isEqualTo(CopyFailed.Reason.TARGET_TAKEN));
    }

    @Test
    void damageIsNotCopied() {
        BusyCluster source = new BusyCluster(3);
        source.begin();
        ObjectKey manifest = source.world.keys.manifest(new ShardId(0));
        GetOutcome.Found found =
                (GetOutcome.Found) source.world.bucket.get(manifest).join();
        ByteBuffer damaged = ByteBuffer.allocate(found.bytes().remaining())
                .put(found.bytes().duplicate())
                .flip();
        damaged.put(40, (byte) (damaged.get(40) ^ 1));
        source.world.bucket.put(manifest, damaged, PutCondition.always()).join();

        assertThatThrownBy(() -> source.copyTo(elsewhere(3), settings(200), Integer.MAX_VALUE))
                .isInstanceOfSatisfying(
                        CopyFailed.class, e -> assertThat(e.reason()).isEqualTo(CopyFailed.Reason.SOURCE_DAMAGED));
    }

    /// Another seed: incarnations are never drawn twice.
    private static LogWorld elsewhere(long seed) {
        return new LogWorld(seed + 1_000_000);
    }

    private static CopySettings settings(int rounds) {
        CopySettings usual = CopySettings.defaults();
        return new CopySettings(3, usual.bytesUnderWay(), rounds, 50, 1, usual.pause());
    }

    /// @param begun counts up with every event; what was acknowledged before it may have caused this
    private record Written(PartitionRef partition, long offset, String value, long begun, long acknowledged, long at) {}

    private record Tenure(int epoch, LogWorld.Broker broker) {}

    private static final class BusyCluster {
        private static final int SHARDS = 2;

        final LogWorld world;
        final List<Written> acknowledged = new ArrayList<>();
        private final Random random;
        private final List<PartitionRef> partitions = new ArrayList<>();
        private final Map<Integer, List<Tenure>> history = new TreeMap<>();
        private final Map<Integer, Map<Integer, List<Tenure>>> views = new HashMap<>();
        private final List<LogWorld.Broker> living = new ArrayList<>();
        int entry;
        private long events;
        private int values;
        private boolean active;

        BusyCluster(long seed) {
            random = new Random(seed);
            LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
            world = new LogWorld(seed)
                    .settings(new LogSettings(
                            usual.profile(),
                            usual.maxSlotBytes(),
                            usual.maxPutsInFlight(),
                            usual.maxPendingBytes(),
                            usual.slotStuckAfter(),
                            Duration.ofMillis(200),
                            usual.barrierInterval(),
                            6,
                            Duration.ofSeconds(2),
                            usual.consolidateAfterBytes(),
                            usual.tailCacheBytes(),
                            Duration.ofSeconds(3)));
            for (int shard = 0; shard < SHARDS; shard++) {
                partitions.add(world.partition(shard, shard));
                partitions.add(world.partition(shard, shard + SHARDS));
            }
        }

        /// Two brokers, a shard each, and some life.
        void begin() {
            for (int shard = 0; shard < SHARDS; shard++) {
                LogWorld.Broker broker = newBroker();
                entry++;
                history.put(shard, List.of(new Tenure(entry, broker)));
                noteView();
                broker.opened(shard, entry);
            }
            active = true;
            for (int step = 0; step < 300; step++) {
                live();
            }
        }

        private LogWorld.Broker newBroker() {
            LogWorld.Broker broker = world.broker();
            broker.store.latency(_ -> Duration.ofMillis(1 + random.nextInt(25)));
            living.add(broker);
            return broker;
        }

        private void noteView() {
            views.put(entry, Map.copyOf(history));
        }

        /// A moment passes.
        void live() {
            if (!active) {
                return;
            }
            active = false; // what the brokers themselves ask of the store is part of the moment
            // A store that is asked for the next slot answers faster than brokers fill it, or nobody would ever catch
            // up.
            int dice = random.nextInt(1_000);
            if (dice < 250) {
                append(partitions.get(random.nextInt(partitions.size())));
            } else if (dice < 265) {
                move(random.nextInt(SHARDS));
            } else if (dice < 272) {
                crash();
            }
            world.runtime.runFor(Duration.ofMillis(random.nextInt(dice > 995 ? 3_000 : 10)));
            active = true;
        }

        private void append(PartitionRef partition) {
            LogWorld.Broker leader =
                    present(history, partition.shard().number()).getLast().broker;
            String value = "v" + values++;
            long begun = ++events;
            leader.log.append(partition, Batches.of(value), AppendOrigin.CLIENT).thenAccept(answer -> {
                if (answer instanceof Sequencing.Sequenced placed) {
                    placed.durability().thenAccept(durability -> {
                        if (durability == Durability.DURABLE) {
                            acknowledged.add(new Written(
                                    partition,
                                    placed.baseOffset(),
                                    value,
                                    begun,
                                    ++events,
                                    world.runtime.wallMillis()));
                        }
                    });
                }
            });
        }

        private void move(int shard) {
            Tenure before = present(history, shard).getLast();
            LogWorld.Broker heir = living.stream()
                    .filter(broker -> broker != before.broker)
                    .findFirst()
                    .orElseGet(this::newBroker);
            List<Predecessor> predecessors = assign(shard, heir, Set.of());
            int epoch = entry;
            before.broker
                    .log
                    .handOff(new ShardId(shard), new LeaderEpoch(before.epoch))
                    .thenAccept(outcome -> {
                        if (outcome instanceof HandOffOutcome.HandedOff done && random.nextBoolean()) {
                            heir.log.handOffReported(new ShardId(shard), new LeaderEpoch(before.epoch), done.where());
                        }
                    });
            open(shard, epoch, heir, predecessors);
        }

        private void crash() {
            LogWorld.Broker victim = present(history, random.nextInt(SHARDS)).getLast().broker;
            victim.crash();
            living.remove(victim);
            LogWorld.Broker heir = living.stream().findFirst().orElseGet(this::newBroker);
            for (int shard = 0; shard < SHARDS; shard++) {
                if (present(history, shard).getLast().broker == victim) {
                    List<Predecessor> predecessors = assign(shard, heir, Set.of(victim));
                    open(shard, entry, heir, predecessors);
                }
            }
        }

        private List<Predecessor> assign(int shard, LogWorld.Broker heir, Set<LogWorld.Broker> dead) {
            List<Predecessor> predecessors = new ArrayList<>();
            for (Tenure tenure : present(history, shard)) {
                predecessors.add(new Predecessor(
                        new LeaderEpoch(tenure.epoch),
                        tenure.broker.incarnation,
                        dead.contains(tenure.broker) || !living.contains(tenure.broker)
                                ? Closing.RETIRED
                                : Closing.ALIVE));
            }
            entry++;
            List<Tenure> now = new ArrayList<>(history.get(shard));
            now.add(new Tenure(entry, heir));
            history.put(shard, List.copyOf(now));
            noteView();
            return predecessors;
        }

        /// Once it is open, an entry may trim the list of what came before.
        private void open(int shard, int epoch, LogWorld.Broker heir, List<Predecessor> predecessors) {
            heir.log
                    .open(new ShardOpening(new ShardId(shard), new LeaderEpoch(epoch), predecessors))
                    .thenAccept(outcome -> {
                        if (outcome instanceof OpenOutcome.Opened && random.nextInt(3) > 0) {
                            entry++;
                            history.put(
                                    shard,
                                    present(history, shard).stream()
                                            .filter(tenure -> tenure.epoch >= epoch)
                                            .toList());
                            noteView();
                        }
                    });
        }

        private MetalogView view() {
            live();
            Map<ShardId, LeaderEpoch> oldest = new HashMap<>();
            Set<Incarnation> incarnations = new HashSet<>();
            history.forEach((shard, tenures) -> {
                oldest.put(new ShardId(shard), new LeaderEpoch(tenures.getFirst().epoch));
                tenures.forEach(tenure -> incarnations.add(tenure.broker.incarnation));
            });
            for (int number = 1; number <= entry; number++) {
                world.bucket
                        .put(world.prefix.key("meta/%019d".formatted(number)), IDENTITY, PutCondition.ifAbsent())
                        .join();
            }
            return new MetalogView(entry, SHARDS, oldest, incarnations, Map.of(LogWorld.ORDERS, "orders"));
        }

        CopyReport copyTo(LogWorld elsewhere, CopySettings settings, int requests) {
            CopyReport report = new ClusterCopy(
                            new Watched(world.bucket, requests),
                            world.prefix,
                            elsewhere.bucket,
                            elsewhere.prefix,
                            this::view,
                            settings,
                            () -> Instant.ofEpochMilli(world.runtime.wallMillis()),
                            _ -> {},
                            _ -> {})
                    .copy(IDENTITY);
            assertThat(elsewhere.bucket.keys()).contains(elsewhere.prefix.key("cluster"));
            return report;
        }

        void copyAsListed(LogWorld elsewhere) {
            ObjectStore watched = new Watched(world.bucket, Integer.MAX_VALUE);
            for (ObjectKey key : List.copyOf(world.bucket.keys())) {
                if (watched.get(key).join() instanceof GetOutcome.Found found) {
                    elsewhere
                            .bucket
                            .put(key, found.bytes(), PutCondition.always())
                            .join();
                }
            }
        }

        /// Whoever adopts the copy: every shard goes to one new broker.
        LogWorld.Broker openAll(LogWorld elsewhere, int entryOfCopy) {
            LogWorld.Broker heir = elsewhere.broker();
            present(views, entryOfCopy).forEach((shard, tenures) -> {
                Predecessor[] predecessors = tenures.stream()
                        .map(tenure -> new Predecessor(
                                new LeaderEpoch(tenure.epoch), tenure.broker.incarnation, Closing.RETIRED))
                        .toArray(Predecessor[]::new);
                assertThat(heir.open(shard, entryOfCopy + 2, predecessors)).isInstanceOf(OpenOutcome.Opened.class);
            });
            return heir;
        }

        void assertThatItIsWhole(LogWorld elsewhere, CopyReport report, Set<Written> before) {
            active = false;
            LogWorld.Broker heir = openAll(elsewhere, report.metalogEntry());
            world.runtime.runFor(Duration.ofMinutes(1));
            Map<PartitionRef, List<String>> copied = new HashMap<>();
            for (PartitionRef partition : partitions) {
                List<String> records = heir.records(partition, 0);
                copied.put(partition, records);
                assertThat(present(history, partition.shard().number())
                                .getLast()
                                .broker
                                .records(partition, 0))
                        .as("records of %s", partition)
                        .startsWith(records.toArray(String[]::new));
                long end = report.partitions().stream()
                        .filter(at -> at.partition() == partition.partition())
                        .mapToLong(CopyReport.PartitionPoint::endOffset)
                        .sum();
                assertThat(end).isEqualTo(records.size());
            }
            long caused = 0;
            for (Written one : acknowledged) {
                if (present(copied, one.partition).contains(one.offset + ":" + one.value)) {
                    caused = Math.max(caused, one.begun);
                }
            }
            for (Written one : acknowledged) {
                boolean due = before.contains(one)
                        || one.at < report.point().toEpochMilli()
                        || (report.instant() && one.acknowledged < caused);
                if (due) {
                    assertThat(copied.get(one.partition)).contains(one.offset + ":" + one.value);
                }
            }
            // It lives on.
            PartitionRef orders = partitions.getFirst();
            assertThat(heir.acknowledged(orders, Batches.of("after")))
                    .isEqualTo(present(copied, orders).size());
        }

        /// The source's store, as the copy sees it: between two requests something happens.
        private final class Watched implements ObjectStore {
            private final ObjectStore inner;
            private int left;

            Watched(ObjectStore inner, int requests) {
                this.inner = inner;
                this.left = requests;
            }

            private boolean breaks() {
                live();
                return left-- <= 0;
            }

            @Override
            public CompletableFuture<GetOutcome> get(ObjectKey key) {
                return breaks()
                        ? CompletableFuture.completedFuture(new GetOutcome.Failed(new java.io.IOException("gone")))
                        : inner.get(key);
            }

            @Override
            public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
                return breaks()
                        ? CompletableFuture.completedFuture(new ListOutcome.Failed(new java.io.IOException("gone")))
                        : inner.list(prefix, after, limit);
            }

            @Override
            public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
                throw new AssertionError("a copy reads whole objects");
            }

            @Override
            public CompletableFuture<HeadOutcome> head(ObjectKey key) {
                throw new AssertionError("a copy reads whole objects");
            }

            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                throw new AssertionError("a copy never writes to its source");
            }

            @Override
            public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
                throw new AssertionError("a copy never deletes at its source");
            }

            @Override
            public void close() {}
        }
    }

    private static <K, V> V present(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }
}
