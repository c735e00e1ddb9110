// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.VirtualRuntime;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FloorsTest {
    private static final Incarnation WRITER = new Incarnation(1, 1);
    private static final LogKeys KEYS = new LogKeys(ClusterPrefix.of("tenant", "cluster"));

    @Property(tries = 200)
    void aFloorOnlyGrowsWhoeverRaisesItAtOnceAndWhateverBecomesOfTheirPuts(
            @ForAll long seed, @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 40) Integer> targets) {
        Random random = new Random(seed);
        VirtualRuntime runtime = new VirtualRuntime(seed);
        MemoryObjectStore bucket = new MemoryObjectStore();
        Floors observer = floors(runtime, new FaultyStore(bucket, runtime));
        List<CompletableFuture<Long>> raises = new ArrayList<>();
        for (int target : targets) {
            FaultyStore network = new FaultyStore(bucket, runtime)
                    .faults(key -> fault(random))
                    .latency(key -> Duration.ofMillis(1 + random.nextInt(30)));
            raises.add(floors(runtime, network).raise(WRITER, 0, target));
        }
        long seen = 0;
        for (int look = 0; look < 20; look++) {
            runtime.runFor(Duration.ofMillis(random.nextInt(40)));
            long now = runtime.await(observer.read(WRITER, 0), Duration.ofMinutes(1));

            assertThat(now).isGreaterThanOrEqualTo(seen);
            seen = now;
        }
        for (int i = 0; i < raises.size(); i++) {
            long answered = runtime.await(raises.get(i), Duration.ofMinutes(5));

            assertThat(answered).isGreaterThanOrEqualTo(targets.get(i));
        }
        runtime.runFor(Duration.ofMinutes(1));
        long highest = targets.stream().mapToLong(Integer::longValue).max().orElseThrow();
        assertThat(runtime.await(observer.read(WRITER, 0), Duration.ofMinutes(1)))
                .isEqualTo(highest);
    }

    private static Fault fault(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Fault.LostReply();
            case 1 -> new Fault.LostRequest();
            case 2 -> new Fault.AppliedLater(Duration.ofMillis(random.nextInt(300)));
            case 3 -> new Fault.Repeated(Duration.ofMillis(random.nextInt(300)));
            default -> new Fault.None();
        };
    }

    private static Floors floors(VirtualRuntime runtime, FaultyStore network) {
        return new Floors(
                new PatientStore(network, runtime, runtime.newActor("floors"), Backoff.defaults()), KEYS, runtime);
    }
}
