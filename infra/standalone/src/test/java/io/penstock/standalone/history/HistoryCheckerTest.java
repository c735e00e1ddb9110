// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import static io.penstock.standalone.history.ValidHistory.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// A correct log's histories are clean, and each anomaly, planted into one of them, is found under its own name.
class HistoryCheckerTest {
    private static final int STEPS = 150;

    @Property(tries = 40)
    void aValidHistoryIsClean(@ForAll long seed, @ForAll @IntRange(min = 0, max = 600) int steps) {
        Judgement judgement = judged(ValidHistory.of(seed, steps));

        assertThat(judgement.examples()).isEmpty();
        assertThat(judgement.clean()).isTrue();
    }

    @Test
    void countsWhatCame() {
        Judgement judgement = judged(List.of(
                new Event.Sent(0, PARTITION, 0),
                new Event.Sent(0, PARTITION, 1),
                new Event.Acknowledged(0, PARTITION, 0, 0),
                new Event.Placed(5, PARTITION, 0),
                new Event.Polled(5, 0, PARTITION, 0, 0, 0),
                new Event.Polled(5, 0, PARTITION, 1, 0, 1)));

        assertThat(judgement.sent()).isEqualTo(2);
        assertThat(judgement.acknowledged()).isEqualTo(1);
        assertThat(judgement.read()).isEqualTo(2);
    }

    @Property(tries = 40)
    void aLostWriteIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        long offset = planting.polledByWhole().offset();
        Assume.that(offset < planting.end() - 1);
        planting.remove(event -> event instanceof Event.Polled polled
                && polled.offset() == offset
                && polled.reader() == planting.wholeReader());

        planting.mustShow(Anomaly.LOST_WRITE);
    }

    @Property(tries = 40)
    void aTruncatedEndIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        planting.remove(event -> event instanceof Event.Polled polled
                && polled.offset() == planting.end() - 1
                && polled.reader() == planting.wholeReader());

        planting.mustShow(Anomaly.UNSEEN);
    }

    @Property(tries = 40)
    void anAcknowledgedRecordWhoseOffsetHoldsAnotherIsLost(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled first = planting.polledByWhole();
        Assume.that(planting.acknowledged(first.writer(), first.record()));
        planting.replaceReadsAt(first.offset(), 9, 0);
        planting.insertFirst(new Event.Sent(9, PARTITION, 0));

        planting.mustShow(Anomaly.LOST_WRITE);
        planting.mustShow(Anomaly.INCONSISTENT_OFFSETS);
    }

    @Property(tries = 40)
    void aDuplicateIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled one = planting.polledByWhole();
        planting.appendToWhole(planting.end(), one.writer(), one.record());

        planting.mustShow(Anomaly.DUPLICATE);
    }

    @Property(tries = 40)
    void anOffsetWithTwoRecordsIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled one = planting.polledByWhole();
        planting.insertFirst(new Event.Sent(9, PARTITION, 0));
        planting.append(new Event.Placed(2000, PARTITION, one.offset()));
        planting.append(new Event.Polled(2000, 0, PARTITION, one.offset(), 9, 0));

        planting.mustShow(Anomaly.INCONSISTENT_OFFSETS);
    }

    @Property(tries = 40)
    void aReadOfARefusedRecordIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        planting.insertFirst(new Event.Refused(9, PARTITION, 0));
        planting.insertFirst(new Event.Sent(9, PARTITION, 0));
        planting.appendToWhole(planting.end(), 9, 0);

        planting.mustShow(Anomaly.ABORTED_READ);
    }

    @Property(tries = 40)
    void aReadOfWhatNobodySentIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        planting.appendToWhole(planting.end(), 0, 1_000_000);

        planting.mustShow(Anomaly.GARBAGE_READ);
    }

    @Test
    void brokenBytesAreFound() {
        assertThat(judged(List.of(new Event.Placed(0, PARTITION, 0), new Event.PolledGarbage(0, 0, PARTITION, 0)))
                        .count(Anomaly.GARBAGE_READ))
                .isEqualTo(1);
    }

    @Property(tries = 40)
    void aWriterWhoseRecordsChangePlacesIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        planting.append(new Event.Sent(9, PARTITION, 0));
        planting.append(new Event.Sent(9, PARTITION, 1));
        planting.append(new Event.Acknowledged(9, PARTITION, 1, planting.end()));
        planting.append(new Event.Acknowledged(9, PARTITION, 0, planting.end() + 1));

        planting.mustShow(Anomaly.NONMONOTONIC_SEND);
    }

    @Property(tries = 40)
    void aPollThatGoesBackIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled again = planting.polledByWhole();
        planting.append(new Event.Polled(
                planting.wholeReader(), 1_000_000, PARTITION, again.offset(), again.writer(), again.record()));

        planting.mustShow(Anomaly.NONMONOTONIC_POLL);
    }

    @Property(tries = 40)
    void aPollThatGoesBackWithinItselfIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled one = planting.polledByWhole();
        planting.append(new Event.Placed(2000, PARTITION, one.offset()));
        planting.append(new Event.Polled(2000, 0, PARTITION, one.offset(), one.writer(), one.record()));
        planting.append(new Event.Polled(2000, 0, PARTITION, one.offset(), one.writer(), one.record()));

        planting.mustShow(Anomaly.INTERNAL_NONMONOTONIC_POLL);
    }

    @Property(tries = 40)
    void aSkipIsFoundWithinAPollAndBetweenPolls(@ForAll long seed, @ForAll boolean within) {
        Planting planting = new Planting(seed);
        Event.Polled one = planting.polledByWhole();
        Optional<Event.Polled> later = planting.polledByWholeAt(one.offset() + 2);
        Assume.that(later.isPresent());
        Event.Polled two = later.orElseThrow();
        planting.append(new Event.Placed(2000, PARTITION, one.offset()));
        planting.append(new Event.Polled(2000, 0, PARTITION, one.offset(), one.writer(), one.record()));
        planting.append(new Event.Polled(2000, within ? 0 : 1, PARTITION, two.offset(), two.writer(), two.record()));

        planting.mustShow(within ? Anomaly.INTERNAL_POLL_SKIP : Anomaly.POLL_SKIP);
    }

    @Property(tries = 40)
    void aForgottenCommitIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        Event.Polled first = planting.polledByWholeAt(0).orElseThrow();
        planting.append(new Event.Assigned(1999, PARTITION));
        planting.append(new Event.CommitSent(1999, PARTITION, planting.end()));
        planting.append(new Event.CommitAcknowledged(1999, PARTITION, planting.end()));
        planting.append(new Event.Assigned(2000, PARTITION));
        planting.append(new Event.Polled(2000, 0, PARTITION, 0, first.writer(), first.record()));

        planting.mustShow(Anomaly.LOST_COMMIT);
    }

    @Test
    void whatWasCommittedWithoutAnAnswerMayBeForgottenOrNot() {
        List<Event> before = List.of(
                new Event.Sent(0, PARTITION, 0),
                new Event.Acknowledged(0, PARTITION, 0, 0),
                new Event.Sent(0, PARTITION, 1),
                new Event.Acknowledged(0, PARTITION, 1, 1),
                new Event.Assigned(1, PARTITION),
                new Event.Polled(1, 0, PARTITION, 0, 0, 0),
                new Event.CommitSent(1, PARTITION, 1),
                new Event.Assigned(2, PARTITION));
        for (int offset = 0; offset <= 1; offset++) {
            List<Event> after = new ArrayList<>(before);
            after.add(new Event.Polled(2, 0, PARTITION, offset, 0, offset));

            assertThat(judged(after).clean()).isTrue();
        }
    }

    @Test
    void aGroupThatGoesOnBeyondWhatItReadIsFound() {
        List<Event> events = new ArrayList<>();
        for (int record = 0; record < 5; record++) {
            events.add(new Event.Sent(0, PARTITION, record));
            events.add(new Event.Acknowledged(0, PARTITION, record, record));
        }
        events.add(new Event.Assigned(1, PARTITION));
        events.add(new Event.Polled(1, 0, PARTITION, 3, 0, 3));

        assertThat(judged(events).count(Anomaly.COMMIT_SKIP)).isEqualTo(1);
    }

    @Property(tries = 40)
    void aCommitOfWhatNobodyReadIsFound(@ForAll long seed) {
        Planting planting = new Planting(seed);
        long offset = planting.polledByWhole().offset();
        Set<Integer> members = planting.members();
        planting.remove(event ->
                event instanceof Event.Polled polled && polled.offset() == offset && members.contains(polled.reader()));

        planting.mustShow(Anomaly.COMMIT_SKIP);
    }

    private static Judgement judged(List<Event> events) {
        HistoryChecker checker = new HistoryChecker();
        events.forEach(checker);
        return checker.judge();
    }

    /// A valid history that is being spoilt.
    private static final class Planting {
        private final List<Event> events;
        private final Random random;
        private final int whole;

        private Planting(long seed) {
            random = new Random(~seed);
            events = new ArrayList<>(ValidHistory.of(seed, STEPS));
            whole = ((Event.ReadWhole) events.getLast()).reader();
        }

        int wholeReader() {
            return whole;
        }

        /// Any one record that the whole read found.
        Event.Polled polledByWhole() {
            return polledByWholeAt(random.nextLong(end())).orElseThrow();
        }

        Optional<Event.Polled> polledByWholeAt(long offset) {
            return events.stream()
                    .filter(event -> event instanceof Event.Polled polled
                            && polled.reader() == whole
                            && polled.offset() == offset)
                    .map(Event.Polled.class::cast)
                    .findFirst();
        }

        long end() {
            return events.stream()
                            .filter(Event.Polled.class::isInstance)
                            .mapToLong(event -> ((Event.Polled) event).offset())
                            .max()
                            .orElseThrow()
                    + 1;
        }

        boolean acknowledged(int writer, int record) {
            return events.stream()
                    .anyMatch(event -> event instanceof Event.Acknowledged acknowledged
                            && acknowledged.writer() == writer
                            && acknowledged.record() == record);
        }

        Set<Integer> members() {
            Set<Integer> members = new HashSet<>();
            events.forEach(event -> {
                if (event instanceof Event.Assigned assigned) {
                    members.add(assigned.reader());
                }
            });
            return members;
        }

        void remove(Predicate<Event> which) {
            events.removeIf(which);
        }

        void replaceReadsAt(long offset, int writer, int record) {
            events.replaceAll(event -> event instanceof Event.Polled polled && polled.offset() == offset
                    ? new Event.Polled(polled.reader(), polled.poll(), PARTITION, offset, writer, record)
                    : event);
        }

        void insertFirst(Event event) {
            events.addFirst(event);
        }

        void append(Event event) {
            events.add(event);
        }

        /// One more record at the end of what the whole read found.
        void appendToWhole(long offset, int writer, int record) {
            events.add(new Event.Polled(whole, 2_000_000, PARTITION, offset, writer, record));
        }

        void mustShow(Anomaly anomaly) {
            Judgement judgement = judged(events);
            assertThat(judgement.count(anomaly))
                    .as("%s in %s", anomaly, judgement)
                    .isPositive();
            assertThat(judgement.clean()).isFalse();
        }
    }
}
