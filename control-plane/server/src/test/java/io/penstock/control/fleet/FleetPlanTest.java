// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.fleet.FleetPlan.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final FleetSettings SETTINGS = FleetSettings.defaults();

    private final List<Broker> brokers = new ArrayList<>();
    private final Map<String, Instant> woken = new HashMap<>();
    private final Set<String> reincarnated = new HashSet<>();
    private final Set<String> retiring = new HashSet<>();
    private List<String> zones = List.of();
    private Instant watchedSince = NOW.minus(Duration.ofDays(1));

    @Test
    void anEmptyFleetStartsBrokersFromNodeZero() {
        assertThat(nodes(plan(3))).containsExactly(0, 1, 2);
    }

    @Test
    void aLostBrokersNodeIdIsTakenOver() {
        serving(0);
        serving(2);

        assertThat(nodes(plan(3))).containsExactly(1);
    }

    @Test
    void aSuspectedBrokerKeepsItsNodeIdAndIsReplacedByAnother() {
        serving(0);
        serving(2);
        suspected(1, Duration.ofSeconds(1));

        FleetPlan plan = plan(3);

        assertThat(nodes(plan)).containsExactly(3);
        assertThat(plan.kill()).isEmpty();
    }

    @Test
    void aZombieIsLeftAloneForItsPatienceAndThenKilled() {
        suspected(1, SETTINGS.zombiePatience().minusSeconds(1));
        suspected(2, SETTINGS.zombiePatience());

        assertThat(plan(0).kill()).containsExactly("brk_2");
    }

    @Test
    void aWokenZombieIsJudgedWhenItHasANewIncarnation() {
        serving(0);
        serving(3);
        suspected(1, Duration.ofSeconds(30));
        woken.put("brk_1", NOW.minusSeconds(1));

        assertThat(plan(2).retire()).as("not yet").isEmpty();

        reincarnated.add("brk_1");
        assertThat(plan(2).retire()).containsExactly("brk_1");
    }

    @Test
    void aWokenZombieThatReportsNothingIsJudgedAfterAWhile() {
        serving(0);
        suspected(1, Duration.ofSeconds(30));
        woken.put("brk_1", NOW.minus(SETTINGS.wakePatience()));

        assertThat(plan(1).retire()).containsExactly("brk_1");
    }

    @Test
    void aWokenZombieIsWelcomeWhereTheFleetIsTooSmall() {
        serving(0);
        suspected(1, Duration.ofSeconds(30));
        woken.put("brk_1", NOW);
        reincarnated.add("brk_1");

        FleetPlan plan = plan(2);

        assertThat(plan.welcome()).containsExactly("brk_1");
        assertThat(plan.start()).isEmpty();
    }

    @Test
    void aZombieIsToldToRetireOnce() {
        serving(0);
        suspected(1, Duration.ofSeconds(30));
        woken.put("brk_1", NOW);
        reincarnated.add("brk_1");
        retiring.add("brk_1");

        assertThat(plan(1).retire()).isEmpty();
    }

    @Test
    void aFleetThatIsTooBigLosesItsHighestNodes() {
        serving(0);
        serving(1);
        serving(2);

        assertThat(plan(1).stop()).containsExactly("brk_2", "brk_1");
    }

    @Test
    void startingBrokersCountUntilTheirPatienceEnds() {
        in(BrokerPhase.STARTING, 0, SETTINGS.startPatience().minusSeconds(1));
        assertThat(plan(1).start()).isEmpty();
        assertThat(plan(1).kill()).isEmpty();

        brokers.clear();
        in(BrokerPhase.STARTING, 0, SETTINGS.startPatience());
        assertThat(plan(1).kill()).containsExactly("brk_0");
    }

    @Test
    void aControlPlaneThatIsBackGivesBrokersTheirPatienceAnew() {
        in(BrokerPhase.STARTING, 0, Duration.ofHours(1));
        suspected(1, Duration.ofHours(1));
        watchedSince = NOW.minus(SETTINGS.startPatience()).plusSeconds(1);
        assertThat(plan(2).kill()).isEmpty();

        watchedSince = NOW.minus(SETTINGS.startPatience());
        assertThat(plan(2).kill()).containsExactly("brk_0");
    }

    @Test
    void aWishThatNobodyHasSeenStartedIsTakenBackWhenNobodyShowsItsToken() {
        wished(0, SETTINGS.rejoinGrace().minusMillis(1));
        wished(1, SETTINGS.rejoinGrace());

        assertThat(plan(2).kill()).containsExactly("brk_1");
    }

    @Test
    void aLeavingBrokerDoesNotCountAndIsKilledWhenItTakesTooLong() {
        in(BrokerPhase.DRAINING, 0, Duration.ofSeconds(1));
        assertThat(nodes(plan(1))).containsExactly(1);
        assertThat(plan(1).kill()).isEmpty();

        brokers.clear();
        in(BrokerPhase.DRAINING, 0, SETTINGS.drainPatience());
        assertThat(plan(1).kill()).containsExactly("brk_0");
    }

    private FleetPlan plan(int desired) {
        return FleetPlan.of(
                new Situation(
                        new FleetWish(desired, zones, Provisioning.MANAGED),
                        brokers,
                        woken,
                        reincarnated,
                        retiring,
                        watchedSince),
                SETTINGS,
                NOW);
    }

    private static List<Integer> nodes(FleetPlan plan) {
        return plan.start().stream().map(FleetPlan.Start::nodeId).toList();
    }

    @Test
    void newBrokersStartWhereFewestAre() {
        zones = List.of("a", "b", "c");
        assertThat(plan(4).start())
                .containsExactly(
                        new FleetPlan.Start(0, "a"),
                        new FleetPlan.Start(1, "b"),
                        new FleetPlan.Start(2, "c"),
                        new FleetPlan.Start(3, "a"));
        serving(0, "a");
        serving(1, "b");
        serving(3, "b");

        assertThat(plan(5).start()).containsExactly(new FleetPlan.Start(2, "c"), new FleetPlan.Start(4, "a"));
    }

    @Test
    void brokersLeaveWhereMostAreAndFirstWhereNoneShouldBe() {
        zones = List.of("a", "b");
        serving(0, "a");
        serving(1, "elsewhere");
        serving(2, "a");
        serving(3, "b");
        serving(4, "a");

        assertThat(plan(2).stop()).containsExactly("brk_1", "brk_4", "brk_2");
    }

    private void serving(int nodeId) {
        in(BrokerPhase.SERVING, nodeId, Duration.ofHours(1));
    }

    private void serving(int nodeId, String zone) {
        brokers.add(Broker.wished("brk_" + nodeId, "flt_1", nodeId, zone, "127.0.0.1", nodeId, "h" + nodeId, NOW)
                .to(BrokerPhase.SERVING, "", NOW));
    }

    private void suspected(int nodeId, Duration since) {
        in(BrokerPhase.SUSPECTED, nodeId, since);
    }

    private void in(BrokerPhase phase, int nodeId, Duration since) {
        Broker starting = wish(nodeId, since).started(new ProcessRef(100 + nodeId, NOW.minus(since)));
        brokers.add(phase == BrokerPhase.STARTING ? starting : starting.to(phase, "", NOW.minus(since)));
    }

    private void wished(int nodeId, Duration since) {
        brokers.add(wish(nodeId, since));
    }

    private static Broker wish(int nodeId, Duration since) {
        return Broker.wished("brk_" + nodeId, "flt_1", nodeId, "", "127.0.0.1", nodeId, "h" + nodeId, NOW.minus(since));
    }
}
