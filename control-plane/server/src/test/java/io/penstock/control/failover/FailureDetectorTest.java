// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.failover.Verdict.Gone;
import io.penstock.control.failover.Verdict.Held;
import io.penstock.control.failover.Verdict.Reason;
import io.penstock.control.failover.Verdict.Suspected;
import io.penstock.control.failover.Verdict.Symptom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
    private final FailureDetector detector = new FailureDetector(DetectorSettings.defaults());
    private long now;

    @Test
    void aProcessThatEndedIsGivenUpAtOnce() {
        serving("a", "b", "c");

        detector.processGone("a", now);

        assertThat(verdicts()).containsExactly(new Gone("a"));
        assertThat(verdicts()).as("said once").isEmpty();
    }

    @Test
    void anyNumberOfEndedProcessesIsGivenUpAtOnce() {
        serving("a", "b", "c");

        detector.processGone("a", now);
        detector.processGone("b", now);
        detector.processGone("c", now);

        assertThat(verdicts()).containsExactly(new Gone("a"), new Gone("b"), new Gone("c"));
    }

    @Test
    void aBrokenStreamIsActedOnAfterTheReconnectGrace() {
        serving("a", "b", "c");

        detector.streamBroken("a", now);

        assertThat(after(150)).isEmpty();
        assertThat(after(50)).containsExactly(new Suspected("a", Symptom.STREAM_BROKEN));
    }

    @Test
    void aStreamThatIsDialledAgainInTimeMeansNothing() {
        serving("a", "b", "c");
        detector.streamBroken("a", now);
        after(100);

        detector.connected("a", now);

        assertThat(after(500)).isEmpty();
    }

    @Test
    void silenceIsActedOnAfterTheTimeout() {
        serving("a", "b", "c");

        assertThat(talking(2400, "b", "c")).isEmpty();
        assertThat(talking(200, "b", "c")).containsExactly(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void aBrokerAloneInItsFleetIsSuspectedToo() {
        serving("a");

        assertThat(talking(2600)).containsExactly(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void whenMostFallSilentTogetherWeSuspectOurselvesFirst() {
        serving("a", "b", "c");

        assertThat(talking(5000, "c"))
                .contains(
                        new Held("a", Symptom.SILENT, Reason.MOST_BROKERS),
                        new Held("b", Symptom.SILENT, Reason.MOST_BROKERS))
                .noneMatch(Suspected.class::isInstance);
    }

    @Test
    void brokersThatComeBackWhileTheyAreHeldWereNeverSuspected() {
        serving("a", "b", "c");
        talking(5000, "c");

        assertThat(talking(3000, "a", "b", "c")).noneMatch(Suspected.class::isInstance);
    }

    @Test
    void whenMostStreamsBreakTogetherTheirRedialIsAwaited() {
        serving("a", "b", "c");
        detector.streamBroken("a", now);
        detector.streamBroken("b", now);
        detector.streamBroken("c", now);

        assertThat(after(1000)).hasSize(3).allMatch(Held.class::isInstance);

        detector.connected("a", now);
        detector.connected("b", now);
        assertThat(talking(100, "a", "b"))
                .as("it is dialling, too")
                .containsExactly(new Held("c", Symptom.STREAM_BROKEN, Reason.MOST_BROKERS));
        assertThat(talking(1600, "a", "b")).contains(new Suspected("c", Symptom.STREAM_BROKEN));
    }

    @Test
    void aMassSilenceThatLastsIsActedOnWithinTheBudget() {
        serving("a", "b", "c");

        var acted = talking(12_000).stream().filter(Suspected.class::isInstance).toList();

        assertThat(acted).containsExactly(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void theBudgetGrowsWithTheFleetAndComesBackWithTime() {
        serving("a", "b", "c", "d", "e", "f", "g", "h", "i");
        String[] living = {"d", "e", "f", "g", "h", "i"};

        assertThat(talking(2600, living)).hasSize(3).allMatch(Suspected.class::isInstance);

        String[] fewer = {"e", "f", "g", "h", "i"};
        assertThat(talking(5000, fewer)).containsOnly(new Held("d", Symptom.SILENT, Reason.BUDGET));
        assertThat(talking(31_000, fewer)).contains(new Suspected("d", Symptom.SILENT));
    }

    @Test
    void aPauseOfOurOwnExcusesEverybody() {
        serving("a", "b", "c");
        talking(1000, "a", "b", "c");

        assertThat(after(20_000)).as("first look after the pause").isEmpty();
        assertThat(talking(500, "a", "b", "c")).isEmpty();
    }

    @Test
    void afterOurRestartBrokersHaveTimeToComeBack() {
        detector.expect("a", now);
        detector.expect("b", now);
        detector.expect("c", now);
        talking(300);
        detector.connected("a", now);
        detector.connected("b", now);

        assertThat(talking(4000, "a", "b")).isEmpty();
        assertThat(talking(1000, "a", "b")).containsExactly(new Suspected("c", Symptom.NOT_REJOINED));
    }

    @Test
    void aBrokerWhoseProcessEndedDuringOurAbsenceIsGivenUpAtOnce() {
        detector.expect("a", now);
        detector.expect("b", now);

        detector.processGone("b", now);

        assertThat(verdicts()).containsExactly(new Gone("b"));
    }

    @Test
    void aTalkingBrokerWhoseLogStandsStillWhileAnothersMovesIsSuspectedLate() {
        serving("a", "b", "c");

        var early = logs(40_000, 500, "a stands", "b moves");
        var late = logs(10_000, 500, "a stands", "b moves");

        assertThat(early).isEmpty();
        assertThat(late).containsExactly(new Suspected("a", Symptom.STUCK));
    }

    @Test
    void aBucketThatIsAwayMakesNobodyStuck() {
        serving("a", "b", "c");

        assertThat(logs(120_000, 500, "a stands", "b stands")).isEmpty();
    }

    @Test
    void silenceWhileTheBucketIsAwayWaits() {
        serving("a", "b", "c");
        logs(3000, 500, "a stands", "b stands", "c stands");

        var verdicts = logs(4000, 500, "b stands", "c stands");

        assertThat(verdicts).containsOnly(new Held("a", Symptom.SILENT, Reason.BUCKET_STALLED));
    }

    @Test
    void silenceWhileOthersLogsMoveIsReal() {
        serving("a", "b", "c");
        logs(3000, 500, "a moves", "b moves", "c moves");

        assertThat(logs(2600, 500, "b moves", "c moves")).contains(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void anIdleLogIsNeverStuck() {
        serving("a", "b");
        for (int i = 0; i < 200; i++) {
            detector.heard("a", Map.of("kc", new Progress("0/7", 0)), now);
            detector.heard("b", Map.of("kc", new Progress("0/" + i, 5)), now);
            assertThat(after(500)).isEmpty();
        }
    }

    @Test
    void aBrokerThatLeftInOrderIsNotMissed() {
        serving("a", "b");
        detector.streamBroken("a", now);

        detector.forget("a");

        assertThat(after(1000)).isEmpty();
    }

    @Test
    void aNewBrokerMayBeSilentForLonger() {
        serving("b", "c");
        detector.connected("a", now);

        assertThat(talking(9_000, "b", "c")).isEmpty();
        assertThat(talking(1_500, "b", "c")).containsExactly(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void reconnectingDoesNotMakeABrokerNewAgain() {
        serving("a", "b", "c");
        detector.streamBroken("a", now);
        detector.connected("a", now);

        assertThat(talking(2_700, "b", "c")).contains(new Suspected("a", Symptom.SILENT));
    }

    @Test
    void onASlowMachineEverybodyGetsMoreTime() {
        serving("a", "b", "c");
        after(600); // half a second later than it should have been
        detector.heard("a", now);

        assertThat(talking(3_400, "b", "c")).isEmpty();
        assertThat(talking(300, "b", "c")).containsExactly(new Suspected("a", Symptom.SILENT));
    }

    /// Brokers that have been there for long.
    private void serving(String... brokers) {
        for (String broker : brokers) {
            detector.connected(broker, now);
        }
        talking(DetectorSettings.defaults().warmUp().toMillis(), brokers);
        assertThat(verdicts()).isEmpty();
    }

    private List<Verdict> verdicts() {
        return detector.judge(now);
    }

    private List<Verdict> after(long millis) {
        now += Duration.ofMillis(millis).toNanos();
        return verdicts();
    }

    /// All verdicts while time passes in steps of 100 ms and only these brokers talk.
    private List<Verdict> talking(long millis, String... brokers) {
        var all = new ArrayList<Verdict>();
        for (long t = 0; t < millis; t += 100) {
            now += Duration.ofMillis(100).toNanos();
            for (String broker : brokers) {
                detector.heard(broker, now);
            }
            all.addAll(verdicts());
        }
        return all;
    }

    /// All verdicts while the brokers send heartbeats in which their logs (with bytes waiting) move or stand.
    /// Broker c always talks.
    private List<Verdict> logs(long millis, long step, String... brokers) {
        var all = new ArrayList<Verdict>();
        for (long t = 0; t < millis; t += 100) {
            now += Duration.ofMillis(100).toNanos();
            if (t % step == 0) {
                for (String broker : brokers) {
                    String[] words = broker.split(" ", -1);
                    String mark = words[1].equals("moves") ? "0/" + now : "0/3";
                    detector.heard(words[0], Map.of("kc", new Progress(mark, 100)), now);
                }
            }
            detector.heard("c", now);
            all.addAll(verdicts());
        }
        return all;
    }
}
