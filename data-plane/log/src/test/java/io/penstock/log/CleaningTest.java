// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CleaningTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration CHECK = Duration.ofMinutes(6);
    private static final Duration GRACE = Duration.ofHours(2);

    private final LogWorld world = new LogWorld();
    private final PartitionRef orders = world.orders(0);

    private LogWorld.Broker broker(String... configs) {
        topicsWant(configs);
        return world.broker().opened(0, 1);
    }

    /// Where Kafka waits for a segment to be full or old, nothing is waited for here.
    private void topicsWant(String... configs) {
        Map<String, String> all = new HashMap<>(Map.of("cleanup.policy", "compact", "segment.ms", "1"));
        for (int i = 0; i < configs.length; i += 2) {
            all.put(configs[i], configs[i + 1]);
        }
        TopicPolicy policy = TopicPolicy.of(all);
        world.policies(_ -> Optional.of(policy));
    }

    private void put(LogWorld.Broker broker, String... keysAndValues) {
        for (String one : keysAndValues) {
            broker.acknowledged(orders, Batches.keyed(world.runtime.wallMillis(), one));
        }
    }

    private ShardManifest.Partition partition() {
        ShardId id = new ShardId(0);
        GetOutcome found = world.bucket.get(world.keys.manifest(id)).join();
        return ShardManifest.decode(id, ((GetOutcome.Found) found).bytes())
                .partitions()
                .firstEntry()
                .getValue();
    }

    private long segments() {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains("/segment/"))
                .count();
    }

    @Test
    void theLastRecordOfEachKeyStaysAtItsOffset() {
        LogWorld.Broker first = broker();
        put(first, "a=1", "b=1", "a=2", "c=1", "b=2", "a=3");
        world.runtime.runFor(ROUND);
        put(first, "d=1");
        // The slots must not be in memory any more for readers to notice.
        first.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.records(orders, 0)).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:d=1");
        assertThat(heir.records(orders, 4)).containsExactly("4:b=2", "5:a=3", "6:d=1");
        assertThat(heir.offsets(orders).logStartOffset()).isZero();
        assertThat(partition().cleanedBelow()).isEqualTo(6);
        assertThat(world.await(heir.log.offsetForTimestamp(orders, 0, Isolation.READ_UNCOMMITTED)))
                .isInstanceOfSatisfying(
                        OffsetLookup.Found.class,
                        found -> assertThat(found.offset()).isEqualTo(3));
        world.runtime.runFor(GRACE);
        assertThat(segments())
                .isEqualTo(partition().segments().stream()
                        .map(ShardManifest.Part::segment)
                        .distinct()
                        .count());
    }

    @Test
    void whatWasCleanedIsCleanedAgainOnlyWhenEnoughIsDirty() {
        LogWorld.Broker broker = broker("min.cleanable.dirty.ratio", "0.5");
        put(broker, IntStream.range(0, 20).mapToObj(i -> "k" + i + "=1").toArray(String[]::new));
        world.runtime.runFor(ROUND);
        assertThat(partition().cleanedBelow()).isEqualTo(20);
        put(broker, "k0=2");
        world.runtime.runFor(ROUND);
        assertThat(partition().cleanedBelow()).isEqualTo(20);
        put(broker, IntStream.range(0, 20).mapToObj(i -> "k" + i + "=3").toArray(String[]::new));

        world.runtime.runFor(ROUND);

        assertThat(partition().cleanedBelow()).isEqualTo(41);
        assertThat(partition().segments().stream()
                        .mapToLong(ShardManifest.Part::records)
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void aLittleThatIsYoungIsNotWorthIt() {
        LogWorld.Broker broker = broker("segment.ms", "3600000");
        put(broker, "a=1", "a=2");
        world.runtime.runFor(CHECK);
        assertThat(partition().cleanedBelow()).isZero();

        world.runtime.runFor(Duration.ofHours(1));

        assertThat(partition().cleanedBelow()).isEqualTo(2);
    }

    @Test
    void nothingIsCleanedBeforeItsTimeNorLaterThanItsTime() {
        LogWorld.Broker lagging = broker("min.compaction.lag.ms", "1800000");
        put(lagging, "a=1", "a=2");
        world.runtime.runFor(Duration.ofMinutes(20));
        assertThat(partition().cleanedBelow()).isZero();
        world.runtime.runFor(Duration.ofMinutes(20));
        assertThat(partition().cleanedBelow()).isEqualTo(2);

        topicsWant("min.cleanable.dirty.ratio", "1.0", "max.compaction.lag.ms", "1800000");
        put(lagging, "a=3", "a=4");
        world.runtime.runFor(Duration.ofMinutes(20));
        assertThat(partition().cleanedBelow()).isEqualTo(2);
        world.runtime.runFor(Duration.ofMinutes(20));
        assertThat(partition().cleanedBelow()).isEqualTo(4);
    }

    @Test
    void aTombstoneGoesWithTheFirstCleaningAfterItsTime() {
        LogWorld.Broker first = broker("delete.retention.ms", "600000");
        put(first, "a=1", "b=1", "a=");
        world.runtime.runFor(ROUND);
        assertThat(partition().segments().getFirst().records()).isEqualTo(2);
        world.runtime.runFor(Duration.ofMinutes(10));
        put(first, "b=2", "c=1", "d=1", "e=1");
        world.runtime.runFor(ROUND);
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.records(orders, 0)).containsExactly("3:b=2", "4:c=1", "5:d=1", "6:e=1");
    }

    @Test
    void nothingBeyondTheLastStableOffsetIsCleaned() {
        LogWorld.Broker broker = broker();
        put(broker, "a=1", "a=2");
        world.runtime.runFor(Duration.ofSeconds(50));
        broker.acknowledged(orders, Batches.keyedTransactional(9, 0, 0, "a=open"));
        put(broker, "a=3");
        world.runtime.runFor(CHECK);
        assertThat(partition().cleanedBelow()).isZero();

        broker.coordinator(orders, Batches.marker(9, 0, false));
        world.runtime.runFor(CHECK);

        assertThat(partition().cleanedBelow()).isEqualTo(5);
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        assertThat(heir.records(orders, 0)).containsExactly("3:a=3", "4:ABORT");
        ReadOutcome.Records committed =
                (ReadOutcome.Records) world.await(heir.log.read(orders, 0, 1 << 20, Isolation.READ_COMMITTED));
        assertThat(Batches.read(committed.batches())).containsExactly("3:a=3", "4:ABORT");
    }

    @Test
    void aTopicOfBothPoliciesLosesWhatIsOldToo() {
        LogWorld.Broker broker = broker("cleanup.policy", "compact,delete", "retention.ms", "1800000");
        put(broker, "a=1", "a=2", "b=1");
        world.runtime.runFor(CHECK);
        assertThat(partition().cleanedBelow()).isEqualTo(3);
        assertThat(broker.offsets(orders).logStartOffset()).isZero();

        world.runtime.runFor(Duration.ofMinutes(40));

        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(3);
        assertThat(partition().segments()).isEmpty();
    }

    @Test
    void anIdleCleanedClusterMakesNoRequest() {
        LogWorld.Broker broker = broker();
        put(broker, "a=1", "a=2", "b=1");
        world.runtime.runFor(GRACE);
        int requests = broker.store.requests().size();

        world.runtime.runFor(GRACE);

        assertThat(broker.store.requests()).hasSize(requests);
    }

    /// Leaders die at any time, also in the middle of a cleaning; records are deleted meanwhile. What is
    /// read is what
    /// was written at that offset, and the last record of each key above the log start is always there.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyLogKeepsTheLastRecordOfEachKeyThroughFailovers(long seed) {
        Random random = new Random(seed);
        topicsWant("min.cleanable.dirty.ratio", "0.2", "cleanup.policy", "compact,delete", "retention.ms", "-1");
        LogWorld.Broker leader = world.broker().opened(0, 1);
        int epoch = 1;
        List<String> written = new ArrayList<>();
        Map<String, Integer> last = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String record = "k" + random.nextInt(12) + "=" + i;
            long offset = leader.acknowledged(orders, Batches.keyed(world.runtime.wallMillis(), record));
            assertThat(offset).isEqualTo(written.size());
            last.put(record.substring(0, record.indexOf('=')), written.size());
            written.add(offset + ":" + record);
            switch (random.nextInt(40)) {
                case 0, 1, 2 -> world.runtime.runFor(Duration.ofMillis(random.nextInt(120_000)));
                case 3 -> world.await(leader.log.deleteRecords(orders, random.nextInt(written.size())));
                case 4 -> {
                    LogWorld.Broker dead = leader;
                    int before = epoch++;
                    world.runtime.runFor(Duration.ofMillis(60_000 + random.nextInt(200)));
                    dead.crash();
                    leader = world.broker().opened(0, epoch, dead.died(before));
                }
                default -> {}
            }
        }
        world.runtime.runFor(GRACE);
        leader.crash();
        LogWorld.Broker heir = world.broker().opened(0, epoch + 1, leader.died(epoch));
        long start = heir.offsets(orders).logStartOffset();

        List<String> found = heir.records(orders, start);

        assertThat(written).containsAll(found);
        assertThat(found)
                .containsAll(last.values().stream()
                        .filter(offset -> offset >= start)
                        .map(written::get)
                        .toList());
        assertThat(partition().cleanedBelow()).isPositive();
    }
}
