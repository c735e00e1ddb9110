// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.VirtualRuntime;
import io.penstock.metadata.ClusterIdentity;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// When a deleted cluster's objects are removed from a bucket that it shared.
class PrefixPurgeTest {
    private static final ClusterPrefix GONE = ClusterPrefix.of("tn_1", "kc_1");
    private static final ClusterPrefix LIVES = ClusterPrefix.of("tn_1", "kc_10");

    private final VirtualRuntime runtime = new VirtualRuntime(3);
    private final MemoryObjectStore store = new MemoryObjectStore();

    @Test
    void nothingOfTheClusterStaysAndNothingOfAnotherGoes() {
        fill(GONE, "kc_1", 2500);
        fill(LIVES, "kc_10", 3);
        int neighbours = count(LIVES);

        CompletableFuture<PrefixPurge.Outcome> outcome = purge().start();
        runtime.runFor(Duration.ofSeconds(1));

        assertThat(outcome).isCompletedWithValue(new PrefixPurge.Outcome.Purged(2504));
        assertThat(count(GONE)).isZero();
        assertThat(count(LIVES)).isEqualTo(neighbours);
    }

    @Test
    void aPrefixOfSomebodyElseIsLeftAlone() {
        fill(GONE, "kc_2", 5);
        int before = count(GONE);

        CompletableFuture<PrefixPurge.Outcome> outcome = purge().start();
        runtime.runFor(Duration.ofSeconds(1));

        assertThat(outcome).isCompletedWithValue(new PrefixPurge.Outcome.NotOurs("kc_2"));
        assertThat(count(GONE)).isEqualTo(before);
    }

    @Test
    void whatIsPurgedAlreadyIsPurged() {
        CompletableFuture<PrefixPurge.Outcome> outcome = purge().start();
        runtime.runFor(Duration.ofSeconds(1));

        assertThat(outcome).isCompletedWithValue(new PrefixPurge.Outcome.Purged(0));
    }

    private PrefixPurge purge() {
        return new PrefixPurge("kc_1", GONE, store, runtime);
    }

    private void fill(ClusterPrefix prefix, String clusterId, int slots) {
        var keys = new MetaKeys(prefix);
        put(keys.cluster(), new ClusterIdentity(clusterId, "tn_1", 4, 0).encode());
        put(keys.entry(1), new byte[1]);
        put(keys.snapshot(1), new byte[1]);
        put(prefix.key("shard/0"), new byte[1]);
        for (int slot = 0; slot < slots; slot++) {
            put(prefix.key("wal/I/0/" + slot), new byte[1]);
        }
    }

    private void put(ObjectKey key, byte[] bytes) {
        store.put(key, ByteBuffer.wrap(bytes), PutCondition.ifAbsent()).join();
    }

    private int count(ClusterPrefix prefix) {
        int count = 0;
        Optional<ObjectKey> after = Optional.empty();
        while (store.list(prefix.value() + "/", after, 1000).join()
                instanceof ListOutcome.Listed(List<ListOutcome.Entry> found, boolean more)) {
            count += found.size();
            if (!more) {
                return count;
            }
            after = Optional.of(found.getLast().key());
        }
        throw new AssertionError("a memory store that cannot be listed");
    }
}
