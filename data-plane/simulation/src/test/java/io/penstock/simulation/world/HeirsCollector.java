// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.wal.Backoff;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.simulation.judge.WalTruth;
import io.penstock.simulation.scheduler.VirtualProcess;
import io.penstock.simulation.store.StoreObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/// What R5 lets any heir do, and what the log does not do by itself yet: raises the floor of sealed generations as far
/// as
/// the manifests of all shards that wrote to them cover, and deletes data slots below it after the grace. Never a seal.
///
/// The floor is raised by production's code.
final class HeirsCollector implements StoreObserver {
    private static final Duration EVERY = Duration.ofMillis(500);

    private final World world;
    private final WalTruth wals;
    private final LogKeys keys = new LogKeys(World.PREFIX);
    private final VirtualProcess process;
    private final Executor actor;
    private final ObjectStore store;
    private final Floors floors;
    private final Map<String, Long> raised = new HashMap<>();
    private final Map<ObjectKey, Runnable> awaited = new HashMap<>();

    HeirsCollector(World world, WalTruth wals) {
        this.world = world;
        this.wals = wals;
        this.process = world.scheduler().process("collector");
        this.actor = process.newActor("collector");
        this.store = world.store().connect(process);
        this.floors = new Floors(new PatientStore(store, process, actor, Backoff.defaults()), keys, process);
    }

    void start() {
        process.schedule(EVERY, actor, () -> {
            wals.ended().forEach(this::collect);
            start();
        });
    }

    /// Runs the task when that object is deleted.
    void whenDeleted(ObjectKey key, Runnable task) {
        awaited.put(key, task);
    }

    private void collect(WalTruth.Ended wal) {
        String name = wal.incarnation() + "/" + wal.generation();
        long before = raised.getOrDefault(name, 0L);
        long covered = wal.end();
        for (Map.Entry<ShardId, Long> writer : wal.lastSlots().entrySet()) {
            ByteBuffer bytes = world.store().peek(keys.manifest(writer.getKey()));
            long position = bytes == null
                    ? 0
                    : ShardManifest.decode(writer.getKey(), bytes).position(wal.incarnation(), wal.generation());
            if (position <= writer.getValue()) {
                covered = Math.min(covered, position);
            }
        }
        if (covered > before) {
            long to = covered;
            raised.put(name, to);
            floors.raise(wal.incarnation(), wal.generation(), to)
                    .thenAcceptAsync(
                            _ -> process.schedule(
                                    world.scenario().collectionGrace(), actor, () -> delete(wal, before, to)),
                            actor);
        }
    }

    private void delete(WalTruth.Ended wal, long from, long to) {
        for (long number = from; number < to; number++) {
            ObjectKey key = keys.slot(new WalSlot(wal.incarnation(), wal.generation(), number));
            ByteBuffer there = world.store().peek(key);
            if (there != null && !SlotCodec.isSeal(there)) {
                store.delete(key);
            }
        }
    }

    @Override
    public void stored(ObjectKey key, ByteBuffer bytes) {
        // Only what goes matters here.
    }

    @Override
    public void deleted(ObjectKey key) {
        Runnable task = awaited.remove(key);
        if (task != null) {
            task.run();
        }
    }
}
