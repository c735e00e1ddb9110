// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.runtime.ThreadedRuntime;
import org.junit.jupiter.api.Test;

class TakeoverRehearsalTest {
    @Test
    void everyShardOfEveryRoundIsTakenOver() throws InterruptedException {
        try (ThreadedRuntime runtime = new ThreadedRuntime("rehearsal", 2)) {
            assertThat(new TakeoverRehearsal(runtime).run()).isEqualTo(4);
        }
    }
}
