// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

import io.penstock.simulation.junit.Seed;
import io.penstock.simulation.junit.SeededTest;
import io.penstock.simulation.world.World;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Whatever the store, the brokers, the control plane and the clock do: every invariant holds.
class WorldTest {
    /// The usual seeds, and those that showed a mistake once.
    @SeededTest(
            seeds = 50,
            always = {700032, 700169, 701007, 701114, 701291, 1109578, 2006033, 2006151, 2010230, 5008942})
    @DisabledIfSystemProperty(named = "mutant", matches = ".*")
    @Execution(ExecutionMode.CONCURRENT)
    void acknowledgedRecordsSurviveEverything(Seed seed) {
        World.of(seed).run();
    }
}
