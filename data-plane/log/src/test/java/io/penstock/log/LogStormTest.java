// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Shards move between brokers that crash, freeze and wake, over a store that loses, delays and repeats, while
/// tails are
/// consolidated and collected; idempotent producers retry until they are acknowledged. In the end every partition
/// holds
/// exactly what was acknowledged, once and in order.
class LogStormTest {
    private static final int SHARDS = 3;
    private static final int STEPS = 250;

    private static final int SEEDS_TO_MISS_A_RULE = 60;

    /// `-Dlog.seed=N` runs one again, `-Dlog.seeds=N` runs more.
    static LongStream seeds() {
        Long one = Long.getLong("log.seed");
        return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, Long.getLong("log.seeds", 12));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyAcknowledgedRecordIsThereOnceAndInOrder(long seed) {
        new Storm(seed, LogRules.strict()).run();
    }

    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {
                "R1_WRITE_ONCE",
                "R2_READ_BACK",
                "R3_FRONTIER",
                "R4_FIRST_MISSING",
                "R6_EPOCH_CHECK",
                "R7_CLOSE_ALL_PREDECESSORS",
                "R7_MANIFEST_BEFORE_TAILS",
                "R8_CARRY_UNCHANGED",
                "R9_HAND_OFF_WAITS",
                "R9_EARLIER_GENERATIONS"
            })
    void everyRuleIsMissed(Rule rule) {
        long seed = 1;
        while (seed <= SEEDS_TO_MISS_A_RULE && holds(seed, LogRules.strict().without(rule))) {
            seed++;
        }
        assertThat(seed).as("first seed that misses %s", rule).isLessThanOrEqualTo(SEEDS_TO_MISS_A_RULE);
    }

    private static boolean holds(long seed, LogRules rules) {
        try {
            new Storm(seed, rules).run();
            return true;
        } catch (AssertionError | RuntimeException missed) {
            return false;
        }
    }

    private static final class Storm {
        private final LogWorld world;
        private final List<LogWorld.Broker> living = new ArrayList<>();
        private final Map<Integer, List<Assignment>> assignments = new TreeMap<>();
        private final List<Producer> producers = new ArrayList<>();
        private final Random random;
        private final LogRules rules;
        private int entry;
        private boolean calm;
        private int openings;

        /// What assertions inside callbacks would not tell anybody.
        private final List<String> problems = new ArrayList<>();

        private static final class Assignment {
            final int epoch;
            final LogWorld.Broker broker;
            Closing closing = Closing.ALIVE;

            Assignment(int epoch, LogWorld.Broker broker) {
                this.epoch = epoch;
                this.broker = broker;
            }
        }

        /// One idempotent producer per partition, one batch at a time.
        private final class Producer {
            final PartitionRef partition;
            final long id;
            final TreeMap<Long, String> acknowledged = new TreeMap<>();
            int sequence;
            int attempt;
            boolean waiting;

            Producer(PartitionRef partition, long id) {
                this.partition = partition;
                this.id = id;
            }

            void tick() {
                if (waiting) {
                    return;
                }
                waiting = true;
                int thisAttempt = ++attempt;
                int thisSequence = sequence;
                LogWorld.Broker leader = leader(partition.shard().number()).broker;
                String value = id + "/" + thisSequence;
                leader.log
                        .append(partition, Batches.idempotent(id, 0, thisSequence, value), AppendOrigin.CLIENT)
                        .thenAccept(answer -> sequenced(answer, thisAttempt, thisSequence, value));
                world.runtime.schedule(Duration.ofSeconds(3), Runnable::run, () -> free(thisAttempt));
            }

            private void sequenced(Sequencing answer, int thisAttempt, int thisSequence, String value) {
                switch (answer) {
                    case Sequencing.Sequenced placed ->
                        placed.durability().thenAccept(durability -> {
                            if (durability == Durability.DURABLE) {
                                String before = acknowledged.put(placed.baseOffset(), value);
                                if (before != null && !before.equals(value)) {
                                    problems.add(partition + ": offset " + placed.baseOffset() + " acknowledged for "
                                            + before + " and for " + value);
                                }
                                sequence = Math.max(sequence, thisSequence + 1);
                            }
                            free(thisAttempt);
                        });
                    case Sequencing.Refused(AppendRefusal reason, String detail) -> {
                        // A late answer about an old sequence says nothing.
                        if (thisSequence == sequence
                                && thisAttempt == attempt
                                && reason != AppendRefusal.NOT_LEADER
                                && reason != AppendRefusal.OVERLOADED) {
                            problems.add(partition + ": " + reason + " " + detail);
                        }
                        free(thisAttempt);
                    }
                }
            }

            private void free(int thisAttempt) {
                if (thisAttempt == attempt) {
                    waiting = false;
                }
            }
        }

        private Assignment leader(int shard) {
            return assignments.getOrDefault(shard, List.of()).getLast();
        }

        private LogWorld.Broker newBroker() {
            LogWorld.Broker broker = world.broker();
            broker.store.latency(_ -> Duration.ofMillis(5 + random.nextInt(40)));
            broker.store.faults(_ -> fault());
            living.add(broker);
            return broker;
        }

        private Fault fault() {
            int dice = calm ? 99 : random.nextInt(100);
            if (dice < 4) {
                return new Fault.LostReply();
            } else if (dice < 8) {
                return new Fault.LostRequest();
            } else if (dice < 11) {
                return new Fault.AppliedLater(Duration.ofMillis(random.nextInt(20_000)));
            } else if (dice < 13) {
                return new Fault.Repeated(Duration.ofMillis(random.nextInt(60_000)));
            } else if (dice < 16) {
                return new Fault.Slow(Duration.ofMillis(random.nextInt(4_000)));
            }
            return new Fault.None();
        }

        private void assign(int shard, int epoch, LogWorld.Broker heir, Closing closing) {
            List<Assignment> history = assignments.computeIfAbsent(shard, _ -> new ArrayList<>());
            if (!history.isEmpty()) {
                history.getLast().closing = closing;
            }
            List<Predecessor> predecessors = new ArrayList<>();
            for (Assignment earlier : history) {
                predecessors.add(
                        new Predecessor(new LeaderEpoch(earlier.epoch), earlier.broker.incarnation, earlier.closing));
            }
            history.add(new Assignment(epoch, heir));
            heir.log
                    .open(new ShardOpening(new ShardId(shard), new LeaderEpoch(epoch), predecessors))
                    .thenAccept(outcome -> {
                        openings++;
                        if (outcome instanceof OpenOutcome.Corrupt(String detail)) {
                            problems.add("shard " + shard + " at epoch " + epoch + ": " + detail);
                        }
                    });
        }

        /// A living broker gives a shard away; sometimes the news of it is lost, and the heir has to seal by name.
        private void move() {
            int shard = random.nextInt(SHARDS);
            Assignment old = leader(shard);
            LogWorld.Broker heir = living.get(random.nextInt(living.size()));
            int epoch = ++entry;
            assign(shard, epoch, heir, Closing.ALIVE);
            if (random.nextInt(10) < 7) {
                ShardId id = new ShardId(shard);
                LeaderEpoch given = new LeaderEpoch(old.epoch);
                world.runtime.schedule(
                        Duration.ofMillis(random.nextInt(1_000)),
                        Runnable::run,
                        () -> old.broker.log.handOff(id, given).thenAccept(outcome -> {
                            if (outcome instanceof HandOffOutcome.HandedOff(var where)) {
                                heir.log.handOffReported(id, given, where);
                            }
                        }));
            }
        }

        /// A broker is given up, dead or not; all its shards go to others.
        private void retire() {
            LogWorld.Broker gone = living.remove(random.nextInt(living.size()));
            if (random.nextBoolean()) {
                gone.crash();
            }
            newBroker();
            int epoch = ++entry;
            for (int shard = 0; shard < SHARDS; shard++) {
                if (leader(shard).broker == gone) {
                    assign(shard, epoch, living.get(random.nextInt(living.size())), Closing.RETIRED);
                }
            }
        }

        private static LogSettings settings() {
            LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
            return new LogSettings(
                    LatencyProfile.FAST,
                    4096,
                    4,
                    usual.maxPendingBytes(),
                    Duration.ofSeconds(8),
                    Duration.ofMillis(500),
                    usual.barrierInterval(),
                    12,
                    Duration.ofSeconds(5),
                    usual.consolidateAfterBytes(),
                    2_000,
                    Duration.ofSeconds(30));
        }

        Storm(long seed, LogRules rules) {
            this.world = new LogWorld(seed);
            this.random = new Random(seed);
            this.rules = rules;
        }

        void run() {
            world.settings(settings()).rules(rules);
            for (int i = 0; i < 3; i++) {
                newBroker();
            }
            for (int shard = 0; shard < SHARDS; shard++) {
                assign(shard, ++entry, living.get(shard), Closing.ALIVE);
                for (int partition = 0; partition < 2; partition++) {
                    producers.add(new Producer(world.partition(shard, partition), 100 + shard * 10L + partition));
                }
            }
            for (int step = 0; step < STEPS; step++) {
                int dice = random.nextInt(100);
                if (dice < 3) {
                    retire();
                } else if (dice < 9) {
                    move();
                }
                producers.forEach(Producer::tick);
                world.runtime.runFor(Duration.ofMillis(random.nextInt(300)));
            }
            calm = true;
            Map<Producer, Integer> before = new HashMap<>();
            producers.forEach(producer -> before.put(producer, producer.sequence));
            for (int second = 0; second < 120; second++) {
                producers.forEach(Producer::tick);
                world.runtime.runFor(Duration.ofSeconds(1));
            }
            assertThat(problems).isEmpty();
            assertThat(openings).as("openings").isGreaterThan(SHARDS + 5);
            assertThat(world.bucket.keys())
                    .as("segments")
                    .anyMatch(key -> key.value().contains("/segment/"));
            assertThat(world.bucket.keys())
                    .as("floors")
                    .anyMatch(key -> key.value().contains("/floor/"));
            for (Producer producer : producers) {
                assertThat(producer.sequence)
                        .as("%s goes on", producer.partition)
                        .isGreaterThan(before.getOrDefault(producer, 0) + 5);
                verify(producer);
            }
        }

        private void verify(Producer producer) {
            LogWorld.Broker leader = leader(producer.partition.shard().number()).broker;
            List<String> found = leader.records(producer.partition, 0, 3_000);
            List<String> inOrder = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) {
                inOrder.add(i + ":" + producer.id + "/" + i);
            }
            assertThat(found).as("%s", producer.partition).isEqualTo(inOrder);
            for (Map.Entry<Long, String> one : producer.acknowledged.entrySet()) {
                assertThat(found.get(Math.toIntExact(one.getKey()))).isEqualTo(one.getKey() + ":" + one.getValue());
            }
            assertThat(producer.acknowledged).hasSizeGreaterThan(20);
        }
    }
}
