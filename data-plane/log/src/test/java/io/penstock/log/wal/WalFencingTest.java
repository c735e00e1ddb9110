// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.KEYS;
import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Durability;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.Samples;
import io.penstock.log.format.SlotContent;
import io.penstock.log.format.WalHeader;
import io.penstock.log.format.WalObjectBuilder;
import io.penstock.objectstore.PutCondition;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class WalFencingTest {
    private final WalBench bench = new WalBench();

    private static WalBench without(Rule rule) {
        return new WalBench(
                WalSettings.defaults(LatencyProfile.FAST), LogRules.strict().without(rule));
    }

    private static void lateWhile(WalBench bench, long slot, BooleanSupplier late) {
        bench.store.faults(
                key -> key.equals(key(0, slot)) && late.getAsBoolean() ? new Fault.LostRequest() : new Fault.None());
    }

    @Test
    void aLostReplyIsNoLoss() {
        bench.store.faults(key(0, 0), new Fault.LostReply());

        WalTicket ticket = bench.append();

        assertThat(bench.await(ticket.durability())).isEqualTo(Durability.DURABLE);
        assertThat(bench.store.puts(key(0, 0))).isEqualTo(2);
        assertThat(bench.offsetsIn(0, 0)).containsExactly(0L);
    }

    @Test
    void aPutThatIsAppliedLateAndTwiceChangesNothing() {
        bench.store.faults(key(0, 0), new Fault.AppliedLater(Duration.ofSeconds(3)));
        bench.store.faults(key(0, 1), new Fault.Repeated(Duration.ofSeconds(3)));
        bench.append();
        bench.append();

        bench.runtime.runFor(Duration.ofSeconds(10));

        assertThat(bench.durableOffsets).containsExactly(0L, 1L);
        assertThat(bench.offsetsIn(0, 0)).containsExactly(0L);
        assertThat(bench.offsetsIn(0, 1)).containsExactly(1L);
    }

    @Test
    void aRequestThatIsLostIsSentAgainWithTheSameBytes() {
        bench.store.faults(key(0, 0), new Fault.LostRequest(), new Fault.LostRequest(), new Fault.LostRequest());
        bench.append();
        bench.append();

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(bench.offsetsIn(0, 0)).containsExactly(0L);
        assertThat(bench.durableOffsets).containsExactly(0L, 1L);
    }

    @Test
    void bytesThatAreNotFrozenLoseRecords() {
        WalBench naive = new WalBench(
                WalSettings.defaults(LatencyProfile.ECONOMY), LogRules.strict().without(Rule.R1_FROZEN_BYTES));
        naive.store.faults(key(0, 0), new Fault.LostReply());
        naive.append();
        naive.append();

        naive.runtime.runFor(Duration.ofSeconds(5));

        assertThat(naive.durableOffsets).containsExactly(0L, 1L);
        assertThat(naive.offsetsIn(0, 0)).as("what is really there").containsExactly(0L);
    }

    @Test
    void aPutThatIsNeverAnsweredGetsASuccessor() {
        bench.store.faults(key(0, 0), new Fault.Silence());

        WalTicket ticket = bench.append();

        assertThat(bench.await(ticket.durability())).isEqualTo(Durability.DURABLE);
        assertThat(Duration.ofNanos(bench.runtime.nanos())).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    }

    @Test
    void aSlowPutIsHedged() {
        WalSettings plain = WalSettings.defaults(LatencyProfile.FAST);
        WalBench hedging = new WalBench(
                new WalSettings(
                        plain.profile(),
                        plain.maxSlotBytes(),
                        plain.maxPutsInFlight(),
                        plain.slotStuckAfter(),
                        plain.barrierInterval(),
                        plain.barrierPatience(),
                        plain.attemptTimeout(),
                        HedgeSettings.after(Duration.ofMillis(80)),
                        plain.backoff()),
                LogRules.strict());
        hedging.store.faults(key(0, 0), new Fault.Slow(Duration.ofSeconds(2)));

        hedging.await(hedging.append().durability());
        assertThat(Duration.ofNanos(hedging.runtime.nanos())).isEqualTo(Duration.ofMillis(90));
        hedging.runtime.runFor(Duration.ofMinutes(1));

        assertThat(hedging.store.puts(key(0, 0))).isEqualTo(2);
        assertThat(hedging.durableOffsets).containsExactly(0L);
    }

    @Test
    void aLateWriterIsFencedAtTheFirstEmptySlot() {
        bench.await(bench.append().durability());
        bench.sealBySomebody(Samples.seal(slot(0, 1)));

        WalTicket late = bench.append();
        WalTicket later = bench.append();

        assertThat(bench.await(late.durability())).isEqualTo(Durability.FENCED);
        assertThat(later.durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.ended).isEqualTo(slot(0, 1));
        assertThat(bench.append().durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.durableOffsets).containsExactly(0L);
        assertThat(bench.wal.status().over()).isTrue();
        assertThat(bench.wal.pendingBytes()).isZero();
    }

    @Test
    void aZombiesPutInFlightIsRefusedBySeal() {
        bench.store.faults(key(0, 0), new Fault.Slow(Duration.ofSeconds(60)));
        WalTicket frozen = bench.append();
        bench.sealBySomebody(Samples.seal(slot(0, 0)));

        assertThat(bench.await(frozen.durability())).isEqualTo(Durability.FENCED);
        assertThat(bench.content(0, 0)).isInstanceOf(SlotContent.SealContent.class);
    }

    @Test
    void withoutConditionalPutsAZombieReplacesTheSeal() {
        WalBench naive = without(Rule.R1_WRITE_ONCE);
        naive.sealBySomebody(Samples.seal(slot(0, 0)));

        assertThat(naive.await(naive.append().durability())).isEqualTo(Durability.DURABLE);
        assertThat(naive.content(0, 0)).isInstanceOf(SlotContent.WalData.class);
    }

    @Test
    void withoutReadingBackAZombieAcknowledgesWhatIsNotThere() {
        WalBench naive = without(Rule.R2_READ_BACK);
        naive.sealBySomebody(Samples.seal(slot(0, 0)));

        assertThat(naive.await(naive.append().durability())).isEqualTo(Durability.DURABLE);
        assertThat(naive.content(0, 0)).isInstanceOf(SlotContent.SealContent.class);
    }

    @Test
    void dataBeyondASealDoNotExist() {
        boolean[] late = {true};
        lateWhile(bench, 0, () -> late[0]);
        WalTicket first = bench.append();
        WalTicket beyond = bench.append();
        bench.runtime.runFor(Duration.ofMillis(50));
        assertThat(bench.bucket.keys()).containsExactly(key(0, 1));
        bench.sealBySomebody(Samples.seal(slot(0, 0)));
        late[0] = false;

        bench.runtime.runFor(Duration.ofSeconds(10));

        assertThat(List.of(first, beyond))
                .allSatisfy(ticket -> assertThat(ticket.durability()).isCompletedWithValue(Durability.FENCED));
        assertThat(bench.durable).isEmpty();
    }

    @Test
    void withoutTheFrontierDataBeyondASealWouldBeAcknowledged() {
        WalBench naive = without(Rule.R3_FRONTIER);
        lateWhile(naive, 0, () -> true);
        naive.append();
        WalTicket beyond = naive.append();

        assertThat(naive.await(beyond.durability())).isEqualTo(Durability.DURABLE);
        assertThat(naive.bucket.keys()).doesNotContain(key(0, 0));
    }

    @Test
    void slotsBelowASealAreResolvedFirst() {
        boolean[] late = {true};
        lateWhile(bench, 1, () -> late[0]);
        bench.append();
        WalTicket below = bench.append();
        bench.sealBySomebody(Samples.seal(slot(0, 2)));
        WalTicket at = bench.append();
        bench.runtime.runFor(Duration.ofSeconds(5));
        assertThat(below.durability()).isNotDone();
        assertThat(at.durability()).isNotDone();
        assertThat(bench.ended).isNull();

        late[0] = false;
        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(below.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(at.durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.ended).isEqualTo(slot(0, 2));
    }

    @Test
    void theFirstOfSeveralSealsCounts() {
        boolean[] late = {true};
        lateWhile(bench, 0, () -> late[0]);
        bench.append();
        bench.sealBySomebody(Samples.seal(slot(0, 1)));
        bench.append();
        bench.runtime.runFor(Duration.ofSeconds(1));
        bench.sealBySomebody(Samples.seal(slot(0, 0)));
        late[0] = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(bench.ended).isEqualTo(slot(0, 0));
        assertThat(bench.durable).isEmpty();
    }

    /// The zombie slept while its WAL was sealed at slot 2, and slots 0 and 1 were collected.
    private WalBench zombieBehindCollectedSlots(WalBench zombie) {
        boolean[] asleep = {true};
        zombie.store.faults(_ -> asleep[0] ? new Fault.LostReply() : new Fault.None());
        zombie.append();
        zombie.append();
        zombie.runtime.runFor(Duration.ofMillis(8));
        zombie.sealBySomebody(Samples.seal(slot(0, 2)));
        zombie.await(new Floors(zombie.patientStore(), KEYS, zombie.runtime).raise(Samples.INCARNATION, 0, 2));
        zombie.bucket.delete(key(0, 0)).join();
        zombie.bucket.delete(key(0, 1)).join();
        asleep[0] = false;
        return zombie;
    }

    @Test
    void aZombieFindsItsCollectedSlotsDurableAndIsFencedBehindThem() {
        WalBench zombie = zombieBehindCollectedSlots(bench);
        zombie.sealBySomebody(Samples.seal(slot(0, 1))); // a stray seal of long ago falls on the collected slot
        WalTicket next = zombie.append();

        zombie.runtime.runFor(Duration.ofSeconds(10));

        assertThat(zombie.durableOffsets).containsExactly(0L, 1L);
        assertThat(next.durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(zombie.ended).isEqualTo(slot(0, 2));
    }

    @Test
    void withoutTheFloorAZombieWouldObeyAStraySeal() {
        WalBench zombie = zombieBehindCollectedSlots(without(Rule.R2_FLOOR_CHECK));
        zombie.sealBySomebody(Samples.seal(slot(0, 1)));

        zombie.runtime.runFor(Duration.ofSeconds(10));

        assertThat(zombie.ended).isEqualTo(slot(0, 1));
    }

    @Test
    void foreignDataInOurSlotIsDamage() {
        WalObjectBuilder foreign = new WalObjectBuilder();
        foreign.append(Samples.handOff(1, 1));
        bench.bucket
                .put(key(0, 0), foreign.freeze(new WalHeader(slot(0, 0), new Nonce(6, 6))), PutCondition.ifAbsent())
                .join();

        WalTicket ticket = bench.append();

        assertThat(bench.await(ticket.durability())).isEqualTo(Durability.UNDECIDED);
        assertThat(bench.damage).contains("data that this incarnation did not write");
        assertThat(bench.append().durability()).isCompletedWithValue(Durability.UNDECIDED);
    }

    @Test
    void aStoreInTroubleIsNotHammered() {
        bench.store.faults(_ -> new Fault.LostRequest());
        bench.append();

        bench.runtime.runFor(Duration.ofSeconds(25));

        assertThat(bench.store.puts(key(0, 0))).isBetween(12L, 35L);
    }
}
