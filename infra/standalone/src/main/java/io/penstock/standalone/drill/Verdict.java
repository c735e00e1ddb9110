// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.history.Anomaly;
import io.penstock.standalone.history.Event;
import io.penstock.standalone.history.HistoryChecker;
import io.penstock.standalone.history.Judgement;

/// What became of what one producer was told of one partition or of several, judged by offset and content. Pure.
///
/// @param acknowledged records whose offset the producer was told
/// @param lost of them, those that are not at that offset with that content
/// @param duplicated records that stand at more than one offset, counted once for each surplus place
/// @param outOfOrder records that stand behind a later one of the same partition
/// @param damaged records with bytes that nobody wrote
record Verdict(long acknowledged, long lost, long duplicated, long outOfOrder, long damaged) {
    /// The number of the only writer, reader and partition.
    private static final int ONLY = 0;

    static final Verdict NOTHING = new Verdict(0, 0, 0, 0, 0);

    static Verdict of(long[] acknowledgedOffsets, PartitionContent content) {
        HistoryChecker checker = new HistoryChecker();
        for (int record = 0; record < acknowledgedOffsets.length; record++) {
            checker.accept(new Event.Sent(ONLY, ONLY, record));
            if (acknowledgedOffsets[record] >= 0) {
                checker.accept(new Event.Acknowledged(ONLY, ONLY, record, acknowledgedOffsets[record]));
            }
        }
        checker.accept(new Event.Placed(ONLY, ONLY, 0));
        for (int i = 0; i < content.size(); i++) {
            checker.accept(new Event.Polled(ONLY, i, ONLY, content.offset(i), ONLY, content.record(i)));
        }
        checker.accept(new Event.ReadWhole(ONLY, ONLY));
        Judgement judgement = checker.judge();
        return new Verdict(
                judgement.acknowledged(),
                judgement.count(Anomaly.LOST_WRITE) + judgement.count(Anomaly.UNSEEN),
                judgement.count(Anomaly.DUPLICATE),
                judgement.count(Anomaly.NONMONOTONIC_SEND),
                content.damaged() + judgement.count(Anomaly.GARBAGE_READ));
    }

    Verdict plus(Verdict other) {
        return new Verdict(
                acknowledged + other.acknowledged,
                lost + other.lost,
                duplicated + other.duplicated,
                outOfOrder + other.outOfOrder,
                damaged + other.damaged);
    }

    boolean clean() {
        return lost == 0 && duplicated == 0 && outOfOrder == 0 && damaged == 0;
    }
}
