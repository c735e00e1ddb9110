// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A client that reads every partition from its beginning, mostly from whom it believes to be the leader,
/// sometimes
/// from
/// anybody; that asks for latest offsets, ends of epochs and times, and now and then has read records deleted.
final class Consumer {
    private static final long MILLI = 1_000_000;

    private final World world;
    private final SortedMap<Topic.Partition, Long> positions = new TreeMap<>();
    private boolean working = true;

    Consumer(World world) {
        this.world = world;
    }

    void start() {
        readSome();
    }

    void finish() {
        working = false;
    }

    private void readSome() {
        if (!working) {
            return;
        }
        world.anyPartition()
                .ifPresent(partition -> world.locate(partition).ifPresent(found -> {
                    SimulatedBroker from = world.chance().nextInt(4) == 0 ? anybody() : found.leader();
                    int what = world.chance().nextInt(12);
                    if (what == 3 && world.chance().nextInt(6) == 0) {
                        // It has read so far and needs no more of it.
                        long read = positions.getOrDefault(partition, 0L);
                        long below = read - Math.min(read, world.chance().nextInt(40));
                        from.process().deliver(world.networkDelay(), () -> from.delete(found.ref(), below));
                    } else if (what == 0) {
                        int any = world.chance().nextInt(1 << 20);
                        from.process().deliver(world.networkDelay(), () -> from.lookUp(found.ref(), any));
                    } else if (what <= 2) {
                        from.process().deliver(world.networkDelay(), () -> from.latest(found.ref(), _ -> {}));
                    } else {
                        long position = positions.getOrDefault(partition, 0L);
                        from.process()
                                .deliver(
                                        world.networkDelay(),
                                        () -> from.fetch(
                                                found.ref(), position, reached -> answered(partition, reached)));
                    }
                }));
        world.scheduler().afterNanos((30 + world.chance().nextInt(150)) * MILLI, this::readSome);
    }

    private void answered(Topic.Partition partition, Optional<Long> reached) {
        reached.ifPresent(position -> world.scheduler()
                .afterNanos(world.networkDelay(), () -> positions.merge(partition, position, Math::max)));
    }

    private SimulatedBroker anybody() {
        List<SimulatedBroker> all = world.brokers();
        return all.get(world.chance().nextInt(all.size()));
    }
}
