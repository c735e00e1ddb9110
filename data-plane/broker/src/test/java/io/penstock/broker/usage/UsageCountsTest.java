// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.brokerapi.v1.UsageCount;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class UsageCountsTest {
    private final MemoryObjectStore below = new MemoryObjectStore();
    private final CountedStore store = new CountedStore(below);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong(100_000);
    private final UsageCounts counts = new UsageCounts("kc_1", store, registry, now::get);

    private static Map<String, Long> byMeasure(Iterable<UsageCount> counts) {
        return java.util.stream.StreamSupport.stream(counts.spliterator(), false)
                .collect(Collectors.toMap(count -> count.getMeasure() + "/" + count.getTopic(), UsageCount::getValue));
    }

    @Test
    void everyRequestOfTheClusterIsCountedWithItsBytes() {
        var key = new ObjectKey("a");
        store.put(key, ByteBuffer.wrap(new byte[7]), PutCondition.ifAbsent()).join();
        store.get(key).join();
        store.get(new ObjectKey("b")).join();
        store.head(key).join();
        store.list("", Optional.empty(), 10).join();
        store.delete(key).join();
        below.get(key).join();

        assertThat(store.counts())
                .isEqualTo(Map.of(
                        "store.put.requests", 1L,
                        "store.put.bytes", 7L,
                        "store.get.requests", 2L,
                        "store.get.bytes", 7L,
                        "store.head.requests", 1L,
                        "store.list.requests", 1L,
                        "store.delete.requests", 1L));
    }

    @Test
    void whatWentThroughTopicsIsTakenFromTheMetricsOfTheCluster() {
        registry.counter("penstock.topic.received", "cluster", "kc_1", "topic", "orders")
                .increment(5);
        registry.counter("penstock.topic.received", "cluster", "kc_2", "topic", "orders")
                .increment(9);

        assertThat(byMeasure(counts.due())).containsEntry("topic.received.bytes/orders", 5L);
    }

    @Test
    void sumsAreToldEveryTenSeconds() {
        assertThat(counts.due()).isNotEmpty();
        now.addAndGet(9_999);
        assertThat(counts.due()).isEmpty();
        now.addAndGet(1);
        assertThat(counts.due()).isNotEmpty();
    }
}
