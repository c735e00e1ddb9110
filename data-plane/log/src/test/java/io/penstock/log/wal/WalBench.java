// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.FaultyStore;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.VirtualRuntime;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotContent;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One WAL over a memory store behind a faulty network, all on one virtual clock, with an eye on what it tells.
final class WalBench implements WalListener {
    static final LogKeys KEYS = new LogKeys(ClusterPrefix.of("tenant", "cluster"));
    static final Duration LONG = Duration.ofMinutes(5);

    final VirtualRuntime runtime;
    final MemoryObjectStore bucket;
    final FaultyStore store;
    final Executor actor;
    final Wal wal;
    final List<DurableSlot> durable = new ArrayList<>();
    final List<Long> durableOffsets = new ArrayList<>();
    final List<Map<ShardId, LeaderEpoch>> fences = new ArrayList<>();
    final Map<Long, WalTicket> tickets = new TreeMap<>();

    @Nullable
    WalSlot ended;

    @Nullable
    String damage;

    private long nextOffset;

    WalBench() {
        this(WalSettings.defaults(LatencyProfile.FAST), LogRules.strict());
    }

    WalBench(WalSettings settings, LogRules rules) {
        this(1, settings, rules);
    }

    WalBench(long seed, WalSettings settings, LogRules rules) {
        runtime = new VirtualRuntime(seed);
        bucket = new MemoryObjectStore();
        store = new FaultyStore(bucket, runtime);
        actor = runtime.newActor("cluster");
        wal = new Wal(store, KEYS, Samples.INCARNATION, settings, runtime, actor, this, rules);
    }

    /// Appends one record of shard 1 at epoch 1, and lets its slot be cut if group commit agrees.
    WalTicket append() {
        return append(Samples.shard(1), Samples.epoch(1));
    }

    WalTicket append(ShardId shard, LeaderEpoch epoch) {
        long offset = nextOffset++;
        BatchIndex index = Samples.index(shard, epoch, shard.number(), offset);
        WalTicket ticket = wal.append(index, Samples.batch(100, offset));
        tickets.put(offset, ticket);
        runtime.settle();
        return ticket;
    }

    <T> T await(CompletableFuture<T> future) {
        return runtime.await(future, LONG);
    }

    static WalSlot slot(int generation, long slot) {
        return new WalSlot(Samples.INCARNATION, generation, slot);
    }

    static ObjectKey key(int generation, long slot) {
        return KEYS.slot(slot(generation, slot));
    }

    /// Puts a seal as somebody else would, at once.
    void sealBySomebody(Seal seal) {
        bucket.put(KEYS.slot(seal.slot()), seal.encode(), PutCondition.ifAbsent())
                .join();
    }

    SlotContent content(int generation, long slot) {
        var found = (GetOutcome.Found) bucket.get(key(generation, slot)).join();
        return SlotCodec.decode(slot(generation, slot), found.bytes());
    }

    /// Offsets in the data of a slot, in their order.
    List<Long> offsetsIn(int generation, long slot) {
        return ((SlotContent.WalData) content(generation, slot))
                .batches().stream().map(BatchIndex::baseOffset).toList();
    }

    PatientStore patientStore() {
        return new PatientStore(store, runtime, actor, Backoff.defaults());
    }

    @Override
    public void durable(DurableSlot slot) {
        durable.add(slot);
        slot.batches().forEach(batch -> durableOffsets.add(batch.baseOffset()));
    }

    @Override
    public void shardsFenced(Map<ShardId, LeaderEpoch> upTo, WalSlot seal) {
        fences.add(upTo);
    }

    @Override
    public void ended(WalSlot seal) {
        ended = seal;
    }

    @Override
    public void damaged(WalSlot slot, String detail) {
        damage = slot + ": " + detail;
    }
}
