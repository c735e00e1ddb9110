// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.Durability;
import io.penstock.log.FaultyStore;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.VirtualRuntime;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotContent;
import io.penstock.log.wal.SealOutcome.GenerationEnd;
import io.penstock.log.wal.SealOutcome.SealedEnd;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One writer, sealers who come when they like, a collector who deletes what is covered, and a network that loses,
/// delays and repeats; one seed decides everything. Afterwards a judge reads what is in the bucket.
final class WalWorld implements WalListener {
    private static final LogKeys KEYS = new LogKeys(ClusterPrefix.of("tenant", "world"));
    private static final int SHARDS = 4;
    private static final Duration STORM = Duration.ofSeconds(20);
    private static final Duration CALM = Duration.ofSeconds(90);

    /// What must never be, was.
    static final class Violation extends AssertionError {
        Violation(String what) {
            super(what);
        }
    }

    private record Entry(int shard, long offset) {}

    private final Random random;
    private final VirtualRuntime runtime;
    private final MemoryObjectStore bucket = new MemoryObjectStore();
    private final FaultyStore writersNetwork;
    private final FaultyStore othersNetwork;
    private final Executor world;
    private final PatientStore direct;
    private final Floors floors;
    private final WalSealer sealer;
    private final Wal wal;

    private final long[] nextOffset = new long[SHARDS];
    private final boolean[] closed = new boolean[SHARDS];
    private final Map<Entry, WalTicket> tickets = new HashMap<>();
    private final Set<Entry> acknowledged = new HashSet<>();
    private final List<Entry> told = new ArrayList<>();
    private final Map<Integer, Long> frontiers = new TreeMap<>();
    private final Map<Integer, GenerationEnd> ends = new TreeMap<>();
    private final Map<WalSlot, List<Entry>> collected = new HashMap<>();
    private long freezeEnds;
    private boolean over;
    private @Nullable Violation violation;
    private boolean everybodyFenced;
    private int fences;
    private int ended;

    WalWorld(long seed, LogRules rules) {
        random = new Random(seed);
        runtime = new VirtualRuntime(random.nextLong());
        writersNetwork = new FaultyStore(bucket, runtime).faults(_ -> fault()).latency(_ -> writersLatency());
        othersNetwork =
                new FaultyStore(bucket, runtime).faults(_ -> answered(fault())).latency(_ -> latency());
        world = runtime.newActor("world");
        Executor others = runtime.newActor("others");
        direct = new PatientStore(bucket, runtime, world, Backoff.defaults());
        floors = new Floors(direct, KEYS, runtime);
        PatientStore othersStore = new PatientStore(othersNetwork, runtime, others, Backoff.defaults());
        sealer = new WalSealer(
                othersStore,
                KEYS,
                new Floors(othersStore, KEYS, runtime),
                new SharedFooters(new WalReader(othersStore, KEYS), 8),
                "sealer",
                4,
                rules);
        LatencyProfile[] profiles = LatencyProfile.values();
        WalSettings settings = new WalSettings(
                profiles[random.nextInt(profiles.length)],
                500 + random.nextInt(3000),
                1 + random.nextInt(8),
                Duration.ofMillis(1000 + random.nextInt(15_000)),
                Duration.ofMillis(50),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                random.nextBoolean() ? HedgeSettings.after(Duration.ofMillis(100)) : HedgeSettings.defaults(),
                Backoff.defaults());
        wal = new Wal(writersNetwork, KEYS, Samples.INCARNATION, settings, runtime, world, this, rules);
    }

    /// Futures swallow what their callbacks throw: so it is kept for the judge.
    private Violation violated(String what) {
        Violation first = violation;
        if (first == null) {
            first = new Violation(what);
            violation = first;
        }
        return first;
    }

    private boolean calm() {
        return runtime.nanos() >= STORM.toNanos();
    }

    private Duration upTo(int millis) {
        return Duration.ofMillis(1 + random.nextInt(millis));
    }

    private Duration latency() {
        return upTo(calm() ? 30 : 80);
    }

    private Duration writersLatency() {
        return runtime.nanos() < freezeEnds && !calm() ? upTo(6000) : latency();
    }

    private Fault fault() {
        if (calm()) {
            return new Fault.None();
        }
        int chance = random.nextInt(100);
        if (chance < 55) {
            return new Fault.None();
        } else if (chance < 68) {
            return new Fault.LostReply();
        } else if (chance < 78) {
            return new Fault.LostRequest();
        } else if (chance < 87) {
            return new Fault.AppliedLater(upTo(10_000));
        } else if (chance < 93) {
            return new Fault.Repeated(upTo(10_000));
        } else if (chance < 98) {
            return new Fault.Slow(upTo(4000));
        }
        return new Fault.Silence();
    }

    private static Fault answered(Fault fault) {
        return fault instanceof Fault.Silence ? new Fault.LostRequest() : fault;
    }

    /// Runs the storm and the calm after it, and judges.
    void run() {
        every(60, this::append);
        every(900, this::collect);
        every(700, this::askForABarrier);
        int byName = random.nextInt(4);
        for (int i = 0; i < byName; i++) {
            at(random.nextInt(20_000), () -> sealShard(random.nextInt(SHARDS)));
        }
        int ofAll = random.nextInt(3);
        int when = 5000 + random.nextInt(14_000);
        for (int i = 0; i < ofAll; i++) {
            at(when + random.nextInt(200), this::sealAll);
        }
        for (int i = 0; i < 2; i++) {
            at(
                    random.nextInt(16_000),
                    () -> freezeEnds = runtime.nanos() + upTo(6000).toNanos());
        }
        every(3000, () -> {
            boolean fail = random.nextInt(3) == 0;
            othersNetwork.readsFail(fail);
            writersNetwork.readsFail(fail);
            at(500, () -> {
                othersNetwork.readsFail(false);
                writersNetwork.readsFail(false);
            });
        });
        runtime.runFor(STORM);
        othersNetwork.readsFail(false);
        writersNetwork.readsFail(false);
        runtime.runFor(CALM);
        judge();
    }

    private void every(int millisAtMost, Runnable task) {
        runtime.schedule(upTo(millisAtMost), world, () -> {
            if (!calm()) {
                task.run();
                every(millisAtMost, task);
            }
        });
    }

    private void at(int millis, Runnable task) {
        runtime.schedule(Duration.ofMillis(millis), world, task);
    }

    private void append() {
        int shard = random.nextInt(SHARDS);
        if (closed[shard] || over) {
            return;
        }
        Entry entry = new Entry(shard, nextOffset[shard]++);
        BatchIndex index = Samples.index(Samples.shard(shard), Samples.epoch(1), shard, entry.offset());
        WalTicket ticket = wal.append(index, Samples.batch(61 + random.nextInt(300), entry.offset()));
        tickets.put(entry, ticket);
        ticket.durability().thenAccept(outcome -> {
            if (outcome == Durability.DURABLE) {
                acknowledged.add(entry);
            }
        });
    }

    private void sealShard(int shard) {
        fences++;
        sealer.seal(Samples.INCARNATION, 0, SealDemand.shard(Samples.shard(shard), Samples.epoch(1), "moves"))
                .thenAccept(this::sealed);
    }

    private void sealAll() {
        fences++;
        sealer.seal(Samples.INCARNATION, 0, SealDemand.all("lost")).thenAccept(outcome -> {
            sealed(outcome);
            everybodyFenced = true;
        });
    }

    private void sealed(SealOutcome outcome) {
        if (!(outcome instanceof SealedEnd(List<GenerationEnd> generations))) {
            throw violated("sealing found damage: " + outcome);
        }
        ended++;
        for (GenerationEnd end : generations) {
            GenerationEnd known = ends.putIfAbsent(end.generation(), end);
            if (known != null && !known.seal().equals(end.seal())) {
                throw violated("two ends of one generation: " + known.seal() + " and " + end.seal());
            }
        }
    }

    private void askForABarrier() {
        boolean fencedBefore = everybodyFenced;
        wal.barrier().thenAccept(proven -> {
            if (proven && fencedBefore) {
                throw violated("a barrier was proven after the WAL had ended");
            }
        });
    }

    /// R5 in small: whatever is below the frontier, or below a known end, may be covered and collected.
    private void collect() {
        List<Integer> generations = new ArrayList<>(frontiers.keySet());
        ends.keySet().stream()
                .filter(generation -> !frontiers.containsKey(generation))
                .forEach(generations::add);
        if (generations.isEmpty()) {
            return;
        }
        int generation = generations.get(random.nextInt(generations.size()));
        GenerationEnd end = ends.get(generation);
        long limit = end != null ? end.seal().slot().slot() : frontiers.getOrDefault(generation, -1L) + 1;
        floors.read(Samples.INCARNATION, generation).thenAccept(floor -> {
            if (limit <= floor) {
                return;
            }
            long to = floor + 1 + random.nextInt((int) (limit - floor));
            for (long slot = floor; slot < to; slot++) {
                WalSlot covered = new WalSlot(Samples.INCARNATION, generation, slot);
                collected.put(covered, entriesIn(covered));
            }
            floors.raise(Samples.INCARNATION, generation, to).thenAccept(_ -> {
                for (long slot = floor; slot < to; slot++) {
                    bucket.delete(KEYS.slot(new WalSlot(Samples.INCARNATION, generation, slot)))
                            .join();
                }
            });
        });
    }

    private List<Entry> entriesIn(WalSlot slot) {
        if (!(bucket.get(KEYS.slot(slot)).join() instanceof GetOutcome.Found found)) {
            throw violated("nothing is in slot " + slot + " below the end");
        }
        try {
            return switch (SlotCodec.decode(slot, found.bytes())) {
                case SlotContent.WalData data ->
                    data.batches().stream()
                            .map(batch -> new Entry(batch.partition(), batch.baseOffset()))
                            .toList();
                case SlotContent.SealContent(Seal seal) -> throw violated("a seal below the end: " + seal);
            };
        } catch (CorruptObject e) {
            throw violated("damage below the end: " + e.getMessage());
        }
    }

    @Override
    public void durable(DurableSlot slot) {
        long frontier = frontiers.getOrDefault(slot.slot().generation(), -1L);
        if (slot.slot().slot() != frontier + 1) {
            throw violated("told slot " + slot.slot() + " when the frontier was " + frontier);
        }
        frontiers.put(slot.slot().generation(), slot.slot().slot());
        slot.batches().forEach(batch -> told.add(new Entry(batch.partition(), batch.baseOffset())));
    }

    @Override
    public void shardsFenced(Map<ShardId, LeaderEpoch> upTo, WalSlot seal) {
        upTo.keySet().forEach(shard -> closed[shard.number()] = true);
    }

    @Override
    public void ended(WalSlot seal) {
        over = true;
    }

    @Override
    public void damaged(WalSlot slot, String detail) {
        throw violated("the writer met damage: " + slot + " " + detail);
    }

    private void judge() {
        if (violation != null) {
            throw violation;
        }
        for (var ticket : tickets.entrySet()) {
            if (!ticket.getValue().durability().isDone()) {
                throw violated("no outcome long after the storm: " + ticket.getKey());
            }
        }
        if (ended != fences) {
            throw new Violation(fences - ended + " sealers have not ended long after the storm");
        }
        if (told.size() != acknowledged.size()) {
            throw violated(told.size() + " entries told, " + acknowledged.size() + " acknowledged");
        }
        var end = sealer.seal(Samples.INCARNATION, 0, SealDemand.all("the judge"));
        sealed(runtime.await(end, CALM));
        everybodyFenced = true;
        Map<Integer, List<Long>> log = new TreeMap<>();
        for (GenerationEnd generation : ends.values()) {
            for (long slot = 0; slot < generation.seal().slot().slot(); slot++) {
                WalSlot each = new WalSlot(Samples.INCARNATION, generation.generation(), slot);
                List<Entry> entries = collected.containsKey(each) ? collected.get(each) : entriesIn(each);
                entries.forEach(entry -> log.computeIfAbsent(entry.shard(), _ -> new ArrayList<>())
                        .add(entry.offset()));
            }
        }
        log.forEach((shard, offsets) -> {
            for (int i = 0; i < offsets.size(); i++) {
                if (offsets.get(i) != i) {
                    throw violated("shard " + shard + " holds offset " + offsets.get(i) + " where " + i + " belongs");
                }
            }
        });
        acknowledged.stream()
                .sorted(Comparator.comparingInt(Entry::shard).thenComparingLong(Entry::offset))
                .forEach(entry -> {
                    if (entry.offset()
                            >= log.getOrDefault(entry.shard(), List.of()).size()) {
                        throw violated("acknowledged and lost: " + entry);
                    }
                });
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int generations() {
        return ends.size();
    }

    int collected() {
        return collected.size();
    }

    boolean fencedByName() {
        return ends.values().stream()
                .anyMatch(end -> end.seal().fence() instanceof Fence.Shards shards
                        && !shards.epochsUpTo().isEmpty());
    }
}
