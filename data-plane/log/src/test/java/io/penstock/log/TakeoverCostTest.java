// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.LogWorld.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a takeover costs, in requests, bytes and time of a store that answers everything after 10 ms: it grows with the
/// tail, which is bounded, and never with the log. The table is written to `target/takeover-cost.md`.
class TakeoverCostTest {
    private static final int RECORD_BYTES = 1000;
    private static final Path TABLE = Path.of("target", "takeover-cost.md");

    /// @param slots batches that the dead broker had made durable, each in a slot of its own
    /// @param millis from the assignment until the heir serves, in the store's time
    /// @param footerBytes read to learn what the tail holds
    private record Cost(int slots, long millis, long requests, long gets, long footerBytes) {}

    @Test
    void theCostOfATakeoverIsBoundedWhateverTheLengthOfTheLog() throws IOException {
        List<Cost> costs = new ArrayList<>();
        for (int slots : new int[] {1, 16, 64, 128, 250, 1_000, 4_000}) {
            costs.add(cost(slots));
        }
        Files.createDirectories(TABLE.getParent());
        StringBuilder table = new StringBuilder("| slots written | takeover ms | requests | GETs | footer bytes |\n");
        costs.forEach(cost -> table.append("| %d | %d | %d | %d | %d |%n"
                .formatted(cost.slots(), cost.millis(), cost.requests(), cost.gets(), cost.footerBytes())));
        Files.writeString(TABLE, table.toString());

        Cost atTheBound =
                costs.stream().filter(cost -> cost.slots() == 250).findFirst().orElseThrow();
        assertThat(costs)
                .as(table.toString())
                .allMatch(cost -> cost.millis() <= atTheBound.millis() * 2)
                .allMatch(cost -> cost.requests() <= atTheBound.requests() * 2)
                .allMatch(cost -> cost.footerBytes() <= atTheBound.footerBytes() * 2);
    }

    private static Cost cost(int slots) {
        LogWorld world = new LogWorld();
        Broker first = world.broker().opened(0, 1);
        String value = "x".repeat(RECORD_BYTES);
        for (int slot = 0; slot < slots; slot++) {
            first.acknowledged(world.orders(slot % 4), Batches.of(value));
        }
        // Consolidation that has begun may end, as it does in a broker that goes on for a moment.
        world.runtime.runFor(Duration.ofSeconds(2));
        first.crash();
        long[] opened = new long[2];
        world.runtime.watchedBy(new LogMetrics() {
            @Override
            public void footerRead(int bytes) {
                opened[0] += bytes;
            }

            @Override
            public void shardOpening(OpenOutcome outcome, long took) {
                opened[1] = took;
            }
        });
        Broker heir = world.broker().opened(0, 2, first.died(1));
        List<String> requests = List.copyOf(heir.store.requests());
        assertThat(heir.offsets(world.orders(0)).highWatermark()).isEqualTo((slots + 3) / 4);
        return new Cost(
                slots,
                Duration.ofNanos(opened[1]).toMillis(),
                requests.size(),
                requests.stream().filter(request -> request.startsWith("GET")).count(),
                opened[0]);
    }
}
