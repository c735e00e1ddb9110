// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.simulation.judge.Payload;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A client that sends, waits, and sends again until it is told that its records are stored.
///
/// As Kafka's producer: an idempotent one keeps five batches on the way per partition and repeats them in order; any
/// other keeps one. It never gives a batch up.
final class Producer {
    private static final long MILLI = 1_000_000;

    private final World world;
    private final int id;
    private final boolean idempotent;
    private final SortedMap<Topic.Partition, Lane> lanes = new TreeMap<>();
    private final long pace;
    private boolean working = true;

    Producer(World world, int id, boolean idempotent) {
        this.world = world;
        this.id = id;
        this.idempotent = idempotent;
        this.pace = (15 + world.chance().nextInt(100)) * MILLI;
    }

    void start() {
        sendSome();
    }

    /// Sends nothing new from now on; what was begun goes on.
    void finish() {
        working = false;
    }

    boolean isDone() {
        return lanes.values().stream().allMatch(lane -> lane.waiting.isEmpty());
    }

    /// One more record for the partition, whether working or not: to see whether it is taken.
    void probe(Topic.Partition partition) {
        lane(partition).begin(1);
    }

    boolean isDone(Topic.Partition partition) {
        return lane(partition).waiting.isEmpty();
    }

    /// The topic is deleted: what was for it is given up.
    void forget(Uuid topicId) {
        lanes.forEach((partition, lane) -> {
            if (partition.topicId().equals(topicId)) {
                lane.waiting.clear();
            }
        });
    }

    private void sendSome() {
        if (!working) {
            return;
        }
        world.anyPartition().ifPresent(partition -> {
            Lane lane = lane(partition);
            if (lane.waiting.size() < 8) {
                lane.begin(1 + world.chance().nextInt(4));
            }
        });
        world.scheduler().afterNanos(pace / 2 + world.chance().nextLong(pace), this::sendSome);
    }

    private Lane lane(Topic.Partition partition) {
        return lanes.computeIfAbsent(partition, Lane::new);
    }

    private static final class Batch {
        final int ordinal;
        final int first;
        final int count;
        final ByteBuffer bytes;
        boolean underway;

        Batch(int ordinal, int first, int count, ByteBuffer bytes) {
            this.ordinal = ordinal;
            this.first = first;
            this.count = count;
            this.bytes = bytes;
        }
    }

    /// What is on its way to one partition.
    private final class Lane {
        private final Topic.Partition partition;
        private final Deque<Batch> waiting = new ArrayDeque<>();
        private @Nullable SimulatedBroker leader;
        private int begun;
        private int next;
        private int underway;
        private boolean startOver;
        private boolean resting;
        private long lastArrival;
        private long lastAnswer;

        Lane(Topic.Partition partition) {
            this.partition = partition;
        }

        void begin(int count) {
            waiting.add(new Batch(
                    begun++,
                    next,
                    count,
                    Payload.batch(
                            id,
                            idempotent,
                            next,
                            count,
                            world.scheduler().nanos() / MILLI,
                            world.scenario().compacted())));
            next += count;
            pump();
        }

        /// Sends what may be sent now. After a failure everything on the way comes back first, and then a pause.
        private void pump() {
            if (resting || (startOver && underway > 0)) {
                return;
            }
            startOver = false;
            if (underway > 0 && (leader == null || leader.process().isDead())) {
                // What is on its way to the old leader comes back, or times out, before anything goes to the next one.
                return;
            }
            for (Batch batch : waiting) {
                // A broker remembers five batches: the fifth after the oldest unanswered one must wait.
                if (batch.ordinal - waiting.element().ordinal >= (idempotent ? 5 : 1)) {
                    return;
                }
                if (!batch.underway && !send(batch)) {
                    rest();
                    return;
                }
            }
        }

        private void rest() {
            if (!resting) {
                resting = true;
                world.scheduler().afterNanos((20 + world.chance().nextInt(150)) * MILLI, () -> {
                    resting = false;
                    pump();
                });
            }
        }

        private boolean send(Batch batch) {
            Optional<World.Location> found = world.locate(partition);
            if (found.isEmpty()) {
                return false;
            }
            if (leader == null || leader.process().isDead()) {
                leader = found.get().leader();
            }
            SimulatedBroker to = leader;
            batch.underway = true;
            underway++;
            Attempt attempt = new Attempt(batch);
            // Requests on one connection arrive in order.
            lastArrival = Math.max(lastArrival + 1, world.scheduler().nanos() + world.networkDelay());
            long payload = Payload.of(id, idempotent, batch.first);
            ByteBuffer bytes = ByteBuffer.allocate(batch.bytes.remaining())
                    .put(batch.bytes.duplicate())
                    .flip();
            to.process()
                    .deliver(
                            lastArrival - world.scheduler().nanos(),
                            () -> to.produce(
                                    found.get().ref(), bytes, payload, batch.count, answer -> attempt.answers(answer)));
            world.scheduler()
                    .afterNanos(
                            (1_500 + world.chance().nextInt(2_000)) * MILLI,
                            () -> attempt.answered(SimulatedBroker.Produced.NOT_LEADER));
            return true;
        }

        private final class Attempt {
            private final Batch batch;
            private boolean answered;

            Attempt(Batch batch) {
                this.batch = batch;
            }

            /// Answers on one connection arrive in order.
            void answers(SimulatedBroker.Produced answer) {
                lastAnswer = Math.max(lastAnswer + 1, world.scheduler().nanos() + world.networkDelay());
                world.scheduler().afterNanos(lastAnswer - world.scheduler().nanos(), () -> answered(answer));
            }

            private void answered(SimulatedBroker.Produced answer) {
                if (answered) {
                    return;
                }
                answered = true;
                underway--;
                switch (answer) {
                    case STORED, STORED_LONG_AGO -> waiting.remove(batch);
                    case NOT_LEADER -> {
                        leader = null;
                        again();
                    }
                    case TRY_AGAIN -> again();
                }
                pump();
            }

            private void again() {
                startOver = true;
                batch.underway = false;
                rest();
            }
        }
    }

    @Override
    public String toString() {
        return (idempotent ? "i" : "p") + id;
    }
}
