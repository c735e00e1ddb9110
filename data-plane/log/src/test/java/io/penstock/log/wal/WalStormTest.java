// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Many seeds of [WalWorld]. One seed again: `-Dwal.seed=N`; more of them: `-Dwal.seeds=N`.
class WalStormTest {
    private static final Logger log = LoggerFactory.getLogger(WalStormTest.class);
    private static final long SEEDS = Long.getLong("wal.seeds", 150);
    private static final int SEEDS_FOR_A_MISTAKE = 400;

    private static LongStream seeds() {
        Long one = Long.getLong("wal.seed");
        return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
    }

    @Test
    void nothingAcknowledgedIsLostOrForkedWhateverTheNetworkDoes() {
        long acknowledged = 0;
        long generations = 0;
        long collected = 0;
        long byName = 0;
        long worlds = 0;
        for (long seed : seeds().toArray()) {
            WalWorld world = new WalWorld(seed, LogRules.strict());
            try {
                world.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dwal.seed=" + seed + ": " + e.getMessage(), e);
            }
            worlds++;
            acknowledged += world.acknowledged();
            generations += world.generations();
            collected += world.collected();
            byName += world.fencedByName() ? 1 : 0;
        }
        assertThat(acknowledged).as("records acknowledged").isGreaterThan(50 * worlds);
        assertThat(generations).as("generations").isGreaterThanOrEqualTo(worlds);
        if (worlds > 1) {
            assertThat(collected).as("slots collected").isGreaterThan(worlds);
            assertThat(byName).as("worlds with a fence by name").isGreaterThan(worlds / 4);
        }
    }

    @Test
    void oneSeedIsOneWorld() {
        WalWorld first = new WalWorld(7, LogRules.strict());
        WalWorld second = new WalWorld(7, LogRules.strict());
        first.run();
        second.run();

        assertThat(second.acknowledged()).isEqualTo(first.acknowledged());
        assertThat(second.collected()).isEqualTo(first.collected());
        assertThat(second.generations()).isEqualTo(first.generations());
    }

    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {
                "R1_WRITE_ONCE",
                "R1_FROZEN_BYTES",
                "R2_READ_BACK",
                "R2_FLOOR_CHECK",
                "R3_FRONTIER",
                "R4_FIRST_MISSING",
                "R4_FLOOR_CHECK",
                "R8_CARRY_UNCHANGED"
            })
    void eachRuleIsNeeded(Rule rule) {
        LogRules mistaken = LogRules.strict().without(rule);
        for (long seed = 1; seed <= SEEDS_FOR_A_MISTAKE; seed++) {
            WalWorld world = new WalWorld(seed, mistaken);
            try {
                world.run();
            } catch (AssertionError | RuntimeException e) {
                log.warn("rule missed: rule={} seed={} how={}", rule, seed, e.getMessage());
                return;
            }
        }
        throw new AssertionError("nobody misses " + rule + " in " + SEEDS_FOR_A_MISTAKE + " seeds");
    }
}
