// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.objectstore.ObjectKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionRoundsTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration CHECK = Duration.ofMinutes(6);
    private static final Duration GRACE = Duration.ofHours(2);

    private final LogWorld world = new LogWorld();
    private final PartitionRef orders = world.orders(0);

    private void topicsWant(Map<String, String> configs) {
        TopicPolicy policy = TopicPolicy.of(configs);
        world.policies(_ -> Optional.of(policy));
    }

    private List<String> segments() {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains("/segment/"))
                .toList();
    }

    private void now(LogWorld.Broker broker, String value) {
        broker.acknowledged(orders, Batches.at(world.runtime.wallMillis(), value));
    }

    @Test
    void recordsGoWhenTheyAreTooOldThoughNothingElseHappens() {
        topicsWant(Map.of("retention.ms", "1800000"));
        LogWorld.Broker broker = world.broker().opened(0, 1);
        now(broker, "a");
        world.runtime.runFor(Duration.ofMinutes(10));
        now(broker, "b");
        world.runtime.runFor(Duration.ofMinutes(10));
        assertThat(broker.records(orders, 0)).containsExactly("0:a", "1:b");

        world.runtime.runFor(Duration.ofMinutes(16));
        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(1);
        world.runtime.runFor(Duration.ofMinutes(10));
        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(2);

        assertThat(broker.read(orders, 1)).isEqualTo(new ReadOutcome.OutOfRange(2, 2));
        assertThat(segments()).isNotEmpty();
        world.runtime.runFor(GRACE);
        assertThat(segments()).isEmpty();
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        assertThat(heir.offsets(orders).logStartOffset()).isEqualTo(2);
        assertThat(heir.acknowledged(orders, Batches.of("c"))).isEqualTo(2);
    }

    @Test
    void theOldestGoWhenThereIsTooMuch() {
        topicsWant(Map.of());
        LogWorld.Broker broker = world.broker().opened(0, 1);
        for (String value : List.of("a", "b", "c", "d")) {
            now(broker, value);
            world.runtime.runFor(ROUND);
        }
        int size = Batches.of("a").remaining();
        topicsWant(Map.of("retention.bytes", Integer.toString(2 * size)));

        world.runtime.runFor(CHECK);

        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(2);
        assertThat(broker.records(orders, 2)).containsExactly("2:c", "3:d");
    }

    @Test
    void aChangeOfATopicsWishesTakesEffect() {
        topicsWant(Map.of());
        LogWorld.Broker broker = world.broker().opened(0, 1);
        now(broker, "a");
        world.runtime.runFor(CHECK);
        assertThat(broker.offsets(orders).logStartOffset()).isZero();

        topicsWant(Map.of("retention.ms", "1000"));
        world.runtime.runFor(CHECK);

        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(1);
    }

    @Test
    void whatIsTooOldInTheTailIsNeverCopied() {
        topicsWant(Map.of("retention.ms", "1000"));
        LogWorld.Broker broker = world.broker().opened(0, 1);
        broker.acknowledged(orders, Batches.of("from 1970"));

        world.runtime.runFor(ROUND);

        assertThat(broker.offsets(orders).logStartOffset()).isEqualTo(1);
        assertThat(segments()).isEmpty();
    }

    @Test
    void anIdleClusterWithWishesMakesNoRequest() {
        topicsWant(Map.of("retention.ms", "864000000", "retention.bytes", "1000000"));
        LogWorld.Broker broker = world.broker().opened(0, 1);
        now(broker, "a");
        world.runtime.runFor(GRACE);
        int requests = broker.store.requests().size();

        world.runtime.runFor(Duration.ofHours(6));

        assertThat(broker.store.requests()).hasSize(requests);
    }
}
