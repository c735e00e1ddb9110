// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.penstock.brokerapi.v1.StoreState;
import io.penstock.control.fleet.StoreHealth.State;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.MetaKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetIT {
    private static final String CLUSTER = "kc_1";

    private final FleetWorld fleet = new FleetWorld().patience(Duration.ofMinutes(5), Duration.ofSeconds(10));

    @BeforeEach
    void threeBrokersServeACluster() throws Exception {
        fleet.withFleetOf(3);
        fleet.withCluster(CLUSTER, 0).get(20, TimeUnit.SECONDS);
        await().until(() -> FleetWorld.sorted(fleet.ledBy(CLUSTER).values()).equals(List.of(5, 5, 6)));
        await().until(() -> fleet.brokers().stream().allMatch(broker -> upToDate(broker)));
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void everyBrokerLeadsItsShareUnderItsOwnPort() {
        assertThat(fleet.phases()).containsOnlyKeys("SERVING").containsEntry("SERVING", 3);
        assertThat(fleet.brokers())
                .extracting(broker -> broker.listenerPort(CLUSTER))
                .containsExactly(19092, 19093, 19094);
        assertThat(fleet.brokers().stream().mapToInt(b -> b.led(CLUSTER).size()).sum())
                .isEqualTo(16);
    }

    @Test
    void aKilledBrokersShardsMoveInOneEntryAndItsReplacementTakesOverItsNode() {
        int before = fleet.image(CLUSTER).number();
        FakeBroker victim = fleet.node(1);
        Incarnation dead = victim.incarnation(CLUSTER);
        int led = victim.led(CLUSTER).size();

        fleet.provisioner.die(victim);

        await().until(() -> fleet.metalog().storedEntry(CLUSTER) > before);
        ClusterImage image = imageAt(before + 1);
        assertThat(image.shards().ledBy(dead)).isEmpty();
        assertThat(image.shards().isRetired(dead)).isTrue();
        assertThat(entry(before + 1).size()).as("O(shards) bytes").isLessThan(200 + 40 * led);
        await().until(() -> fleet.brokers().size() == 3 && fleet.node(1).listenerPort(CLUSTER) == 19093);
        await().until(() -> FleetWorld.sorted(fleet.ledBy(CLUSTER).values()).equals(List.of(5, 5, 6)));
        assertThat(fleet.node(1)).isNotSameAs(victim);
        assertThat(fleet.phases()).containsEntry("LOST", 1).containsEntry("SERVING", 3);
    }

    @Test
    void theStoresHealthIsThatOfTheWorstConnectedBroker() {
        FakeBroker ill = fleet.node(1);
        await().until(() -> states().equals(List.of(State.HEALTHY, State.HEALTHY, State.HEALTHY)));

        ill.storeState = StoreState.STORE_UNAVAILABLE;

        await().until(() -> states().equals(List.of(State.UNAVAILABLE, State.HEALTHY, State.HEALTHY)));
        assertThat(fleet.registry().stores().ofBroker(ill.brokerId()))
                .extracting(StoreHealth.Seen::clusterId, StoreHealth.Seen::state)
                .containsExactly(tuple(CLUSTER, State.UNAVAILABLE));
        fleet.provisioner.die(ill);
        await().until(() -> states().equals(List.of(State.HEALTHY, State.HEALTHY, State.HEALTHY)));
    }

    @Test
    void brokersAreToldWhenTheirBucketsKeysHaveChanged() {
        assertThat(fleet.brokers())
                .extracting(broker -> broker.accessKeyId(CLUSTER))
                .containsOnly("first");
        Incarnation before = fleet.node(0).incarnation(CLUSTER);

        fleet.accessKeyId = "second";
        fleet.registry().bucketKeysChanged("bkt_elsewhere");
        assertThat(fleet.brokers())
                .extracting(broker -> broker.accessKeyId(CLUSTER))
                .containsOnly("first");
        fleet.registry().bucketKeysChanged("bkt_1");

        await().untilAsserted(() -> assertThat(fleet.brokers())
                .extracting(broker -> broker.accessKeyId(CLUSTER))
                .containsOnly("second"));
        assertThat(fleet.node(0).incarnation(CLUSTER)).as("nobody begins anew").isEqualTo(before);
    }

    private List<State> states() {
        return fleet.registry().stores().ofCluster(CLUSTER).stream()
                .map(StoreHealth.Seen::state)
                .toList();
    }

    @Test
    void aFailoverIsMeasured() {
        FakeBroker victim = fleet.node(2);
        Incarnation dead = victim.incarnation(CLUSTER);

        fleet.provisioner.die(victim);

        await().until(() -> fleet.brokers().stream()
                .filter(broker -> !broker.equals(victim) && broker.nodeId() < 2)
                .allMatch(broker -> broker.shardsOf(CLUSTER).ledBy(dead).isEmpty()));
        await().until(() -> fleet.meters().get("penstock.failover").timer().count() == 1);
        System.out.printf(
                "failover.millis=%.0f%n",
                fleet.meters().get("penstock.failover").timer().max(TimeUnit.MILLISECONDS));
    }

    @Test
    void severalBrokersMayDieAtOnce() {
        FakeBroker one = fleet.node(0);
        FakeBroker two = fleet.node(1);
        List<Incarnation> dead = List.of(one.incarnation(CLUSTER), two.incarnation(CLUSTER));

        fleet.provisioner.die(one);
        fleet.provisioner.die(two);

        await().until(() -> dead.stream()
                .allMatch(i -> fleet.image(CLUSTER).shards().ledBy(i).isEmpty()));
        await().until(() -> fleet.brokers().size() == 3);
    }

    @Test
    void allBrokersMayDieAtOnce() {
        List<Incarnation> dead =
                fleet.brokers().stream().map(b -> b.incarnation(CLUSTER)).toList();

        fleet.brokers().forEach(fleet.provisioner::die);

        await().atMost(Duration.ofSeconds(20))
                .until(() -> fleet.brokers().size() == 3
                        && FleetWorld.sorted(fleet.ledBy(CLUSTER).values()).equals(List.of(5, 5, 6))
                        && dead.stream()
                                .allMatch(i ->
                                        fleet.image(CLUSTER).shards().ledBy(i).isEmpty()));
        assertThat(fleet.brokers()).extracting(FakeBroker::nodeId).containsExactly(0, 1, 2);
    }

    @Test
    void aFrozenBrokerIsSuspectedReplacedBesideAndRetiresWhenItWakes() {
        FakeBroker zombie = fleet.node(0);
        Incarnation before = zombie.incarnation(CLUSTER);

        zombie.freeze();

        await().until(() -> fleet.image(CLUSTER).shards().ledBy(before).isEmpty());
        await().until(() -> fleet.brokers().size() == 4);
        assertThat(zombie.isAlive()).isTrue();
        await().until(() -> fleet.brokers().stream().anyMatch(b -> b.nodeId() == 3));
        await().until(() -> fleet.phases().getOrDefault("SERVING", 0) == 3);

        zombie.thaw();

        await().until(zombie::isToldToRetire);
        assertThat(zombie.incarnation(CLUSTER)).isNotEqualTo(before);
        fleet.provisioner.die(zombie);
        await().until(() -> fleet.phases().getOrDefault("RETIRED", 0) == 1);
        assertThat(fleet.image(CLUSTER).shards().ledBy(before)).isEmpty();
    }

    @Test
    void aFrozenBrokerWhoseControlPlaneIsBlindIsServedByOthersAllTheSame() {
        fleet.provisioner.sighted = false;
        FakeBroker lost = fleet.node(2);
        Incarnation before = lost.incarnation(CLUSTER);

        fleet.provisioner.die(lost);

        await().until(() -> fleet.image(CLUSTER).shards().ledBy(before).isEmpty());
        await().until(() -> fleet.phases().getOrDefault("SUSPECTED", 0) == 1);
        await().until(() -> fleet.phases().getOrDefault("SERVING", 0) == 3);
    }

    @Test
    void whoIsGivenUpLosesItsStreamAndIsWatchedAgainWhenItIsBack() {
        FakeBroker suspect = fleet.node(0);
        Incarnation before = suspect.incarnation(CLUSTER);

        fleet.registry().giveUp(suspect.brokerId(), false, "a guess");

        assertThat(fleet.registry().isConnected(suspect.brokerId())).isFalse();
        await().until(() -> fleet.registry().isConnected(suspect.brokerId()));
        await().until(() -> fleet.image(CLUSTER).shards().ledBy(before).isEmpty());
        await().until(() -> !suspect.incarnation(CLUSTER).equals(before)
                && (suspect.isToldToRetire() || !suspect.led(CLUSTER).isEmpty()));
    }

    @Test
    void whoIsGivenUpAndNeverReplacedServesAgainUnderTheIncarnationItHas() {
        FakeBroker alone = fleet.node(0);
        fleet.provisioner.broken = true;
        fleet.brokers().stream().filter(broker -> !broker.equals(alone)).forEach(fleet.provisioner::die);
        await().until(() -> fleet.ledBy(CLUSTER).equals(Map.of(alone.incarnation(CLUSTER), 16)));

        fleet.registry().giveUp(alone.brokerId(), false, "a guess");

        await().atMost(Duration.ofSeconds(20))
                .until(() -> fleet.registry().roster(CLUSTER).serving().stream()
                        .anyMatch(member -> member.incarnation().equals(alone.incarnation(CLUSTER))));
        assertThat(fleet.ledBy(CLUSTER)).isEqualTo(Map.of(alone.incarnation(CLUSTER), 16));
    }

    @Test
    void aZombieThatMissedThatItIsNotNeededIsToldAgain() {
        FakeBroker zombie = fleet.node(0);
        fleet.registry().giveUp(zombie.brokerId(), false, "a guess");
        zombie.cutOff();
        fleet.registry().retire(zombie.brokerId(), "not needed");
        assertThat(zombie.isToldToRetire()).isFalse();

        zombie.connect();

        await().until(zombie::isToldToRetire);
    }

    @Test
    void aDatabaseThatIsPutBackUnderARunningControlPlaneLearnsFromItsBrokers() {
        int before = fleet.image(CLUSTER).number();
        fleet.metalog()
                .change(CLUSTER, image -> MetalogRecords.createTopic("orders", Uuid.randomUuid(), 3, 1, 16, Map.of()))
                .stored()
                .join();
        await().until(() -> fleet.brokers().stream().allMatch(broker -> broker.applied(CLUSTER) > before)
                && fleet.world.outboxSize(CLUSTER) == 0);

        fleet.world
                .jdbc
                .sql("update metalogs set next_entry = ?, stored_entry = ?, composed_checksum = 0")
                .params(before + 1, before)
                .update();

        await().until(() -> fleet.world.storedEntry(CLUSTER) > before);
        assertThat(fleet.image(CLUSTER).topicId("orders")).isPresent();
    }

    @Test
    void aBrokenStreamThatIsDialledAgainMovesNothing() {
        int before = fleet.image(CLUSTER).number();
        FakeBroker broker = fleet.node(1);

        broker.notConnected(); // the next beat dials again

        await().until(broker::isConnected);
        await().during(Duration.ofMillis(800))
                .atMost(Duration.ofSeconds(3))
                .until(() -> fleet.image(CLUSTER).number() == before);
    }

    @Test
    void aRestartOfTheControlPlaneMovesNothing() {
        int before = fleet.image(CLUSTER).number();
        var leaders = fleet.ledBy(CLUSTER);

        fleet.restartControlPlane();

        await().until(() ->
                fleet.brokers().stream().allMatch(b -> fleet.registry().isConnected(b.brokerId())));
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> fleet.image(CLUSTER).number() == before);
        assertThat(fleet.ledBy(CLUSTER)).isEqualTo(leaders);
        assertThat(fleet.brokers()).hasSize(3);
    }

    @Test
    void aBrokerThatDiedWhileTheControlPlaneWasAwayIsFailedOverAtItsReturn() {
        FakeBroker victim = fleet.node(1);
        Incarnation dead = victim.incarnation(CLUSTER);
        fleet.stopControlPlane();
        fleet.provisioner.die(victim);

        long start = System.nanoTime();
        fleet.startControlPlane();

        await().until(() -> fleet.image(CLUSTER).shards().ledBy(dead).isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        await().until(() -> fleet.brokers().size() == 3);
    }

    @Test
    void aBrokerThatIsAskedToLeaveHandsEverythingOffAndIsLetGo() {
        FakeBroker leaver = fleet.node(2);
        Incarnation before = leaver.incarnation(CLUSTER);
        int shards = leaver.led(CLUSTER).size();

        leaver.sigterm();

        await().until(leaver::isToldThatDrained);
        assertThat(fleet.image(CLUSTER).shards().ledBy(before)).isEmpty();
        assertThat(fleet.image(CLUSTER).shards().isRetired(before))
                .as("its heirs wait for its hand-offs")
                .isFalse();
        await().until(() -> fleet.node(0).handOffsHeardOf.size() >= shards);
        fleet.provisioner.die(leaver);
        await().until(() -> fleet.phases().getOrDefault("RETIRED", 0) == 1);
        await().until(() -> fleet.brokers().size() == 3);
    }

    @Test
    void aFleetGrowsAndShardsMoveGradually() {
        fleet.scaleTo(4);

        await().atMost(Duration.ofSeconds(20))
                .until(() -> FleetWorld.sorted(fleet.ledBy(CLUSTER).values()).equals(List.of(4, 4, 4, 4)));
        assertThat(fleet.brokers()).extracting(FakeBroker::nodeId).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aFleetShrinksInOrder() {
        FakeBroker last = fleet.node(2);

        fleet.scaleTo(2);

        await().until(last::isToldThatDrained);
        assertThat(FleetWorld.sorted(fleet.ledBy(CLUSTER).values())).containsExactly(8, 8);
        fleet.provisioner.die(last);
        await().until(() -> fleet.phases().getOrDefault("RETIRED", 0) == 1);
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> fleet.brokers().size() == 2);
    }

    @Test
    void severalClustersFailOverTogether() throws Exception {
        for (int i = 2; i <= 5; i++) {
            fleet.withCluster("kc_" + i, i).get(20, TimeUnit.SECONDS);
        }
        FakeBroker victim = fleet.node(1);
        var dead = new java.util.HashMap<String, Incarnation>();
        for (int i = 1; i <= 5; i++) {
            dead.put("kc_" + i, victim.incarnation("kc_" + i));
        }

        fleet.provisioner.die(victim);

        await().until(() -> dead.entrySet().stream()
                .allMatch(e ->
                        fleet.image(e.getKey()).shards().ledBy(e.getValue()).isEmpty()));
    }

    @Test
    void aFleetThatCannotStartBrokersTriesMoreAndMoreSlowly() {
        fleet.provisioner.broken = true;
        fleet.provisioner.die(fleet.node(0));

        await().until(() -> fleet.phases().getOrDefault("LOST", 0) >= 3);
        int after3 = fleet.phases().getOrDefault("LOST", 0);
        fleet.provisioner.broken = false;

        await().atMost(Duration.ofSeconds(20)).until(() -> fleet.brokers().size() == 3);
        assertThat(fleet.phases().getOrDefault("LOST", 0)).isLessThan(after3 + 5);
    }

    private boolean upToDate(FakeBroker broker) {
        return broker.nodeId() >= 0
                && !broker.isCutOff()
                && broker.applied(CLUSTER) == fleet.image(CLUSTER).number();
    }

    private EncodedEntry entry(int number) {
        var keys = new MetaKeys(ClusterPrefix.of("tn_1", CLUSTER));
        if (fleet.world.store.get(keys.entry(number)).join() instanceof GetOutcome.Found found) {
            return EncodedEntry.of(number, found.bytes());
        }
        throw new AssertionError("entry " + number + " is not in the bucket");
    }

    private ClusterImage imageAt(int number) {
        try {
            ClusterImage image = ClusterImage.EMPTY;
            while (image.number() < number) {
                image = image.apply(entry(image.number() + 1)).after();
            }
            return image;
        } catch (io.penstock.metadata.MetadataFormatException e) {
            throw new AssertionError(e);
        }
    }
}
