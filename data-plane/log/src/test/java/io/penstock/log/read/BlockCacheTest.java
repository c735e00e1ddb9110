// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore;
import io.penstock.log.VirtualRuntime;
import io.penstock.log.wal.Backoff;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
    private static final int MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final VirtualRuntime runtime = new VirtualRuntime(1);
    private final FaultyStore store = new FaultyStore(new MemoryObjectStore(InstantSource.system()), runtime);

    private BlockCache cache(long maxBytes) {
        return new BlockCache(
                new PatientStore(store, runtime, runtime.newActor("cold"), Backoff.defaults()), maxBytes, 24L * MIB);
    }

    private ObjectKey object(int number, byte[] bytes) {
        ObjectKey key = ObjectKey.of("object/" + number);
        runtime.await(store.put(key, ByteBuffer.wrap(bytes), PutCondition.ifAbsent()), PATIENCE);
        return key;
    }

    @Property(tries = 60)
    void whatIsReadIsWhatIsThereWhateverWasBroughtOrDrivenOutBefore(@ForAll long seed) {
        Random random = new Random(seed);
        byte[][] contents = new byte[3][];
        ObjectKey[] keys = new ObjectKey[contents.length];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = new byte[1 + random.nextInt(3 * MIB)];
            random.nextBytes(contents[i]);
            keys[i] = object(random.nextInt(), contents[i]);
        }
        BlockCache cache = cache(2L * MIB);
        for (int step = 0; step < 30; step++) {
            int i = random.nextInt(contents.length);
            int position = random.nextInt(contents[i].length);
            int size = 1 + random.nextInt(2 * MIB);
            if (random.nextInt(3) == 0) {
                cache.ahead(keys[i], position, size);
            } else {
                ByteBuffer there =
                        ByteBuffer.wrap(contents[i], position, Math.min(size, contents[i].length - position));
                assertThat(runtime.await(cache.read(keys[i], position, size), PATIENCE))
                        .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(there));
            }
        }
    }

    @Test
    void readersOfManyObjectsDoNotDriveOutWhatWasBroughtForEachOther() {
        BlockCache cache = cache(8L * MIB);
        byte[] bytes = new byte[2 * MIB];
        ObjectKey[] keys = new ObjectKey[20];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = object(i, bytes);
        }

        for (ObjectKey key : keys) {
            cache.ahead(key, 0, 2 * MIB);
            runtime.runFor(Duration.ofSeconds(1));
        }
        long brought = gets();
        for (ObjectKey key : keys) {
            assertThat(runtime.await(cache.read(key, 0, 2 * MIB), PATIENCE)).isPresent();
        }

        assertThat(brought).as("half of the cache").isEqualTo(2);
        assertThat(gets()).as("each object once").isEqualTo(keys.length);
    }

    @Test
    void whoHasReadWhatWasBroughtIsBroughtMore() {
        BlockCache cache = cache(8L * MIB);
        ObjectKey key = object(1, new byte[16 * MIB]);

        for (int at = 0; at < 16 * MIB; at += 2 * MIB) {
            cache.ahead(key, at, 2 * MIB);
            runtime.runFor(Duration.ofSeconds(1));
            long brought = gets();
            assertThat(runtime.await(cache.read(key, at, 2 * MIB), PATIENCE)).isPresent();
            assertThat(gets()).isEqualTo(brought);
        }

        assertThat(gets()).isEqualTo(8);
    }

    private long gets() {
        return store.requests().stream()
                .filter(request -> request.startsWith("GET "))
                .count();
    }
}
