// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two replicas of the control plane, as real processes.
class ReplicasIT {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theOneThatStandsByFailsOverABrokerThatDiesWithTheActiveOne() throws Exception {
        try (var penstock = new RunningPenstock(folder.resolve("data")).up("--control-planes", "2", "--brokers", "2")) {
            assertThat(active(penstock.status())).isEqualTo(1);

            JsonNode report = penstock.drill("control-plane-kill", 9, "--and-broker");

            assertThat(report.path("acknowledged").asLong()).isPositive();
            for (String wrong : List.of("lost", "duplicated", "out_of_order")) {
                assertThat(report.path(wrong).asLong()).as(wrong).isZero();
            }
            assertThat(report.path("taken_over_ms").isNumber()).isTrue();
            assertThat(report.path("shards_moved").asInt()).isPositive();
            assertThat(report.path("produce_errors").isEmpty()).isTrue();
            JsonNode after = penstock.status();
            assertThat(after.path("control_plane").size()).isEqualTo(2);
            assertThat(active(after)).isEqualTo(1);
        }
    }

    private static long active(JsonNode status) {
        return status.path("control_plane")
                .valueStream()
                .filter(replica -> replica.path("active").asBoolean())
                .count();
    }
}
