// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one reader saw of one partition, and where it jumped.
final class ReaderLog {
    /// Offsets that a reader passed over, from the first to one beyond the last.
    record Gap(long from, long to, Anomaly anomaly) {}

    private final BitSet seen = new BitSet();
    /// What it saw where others saw something else.
    private final Map<Long, Long> otherwise = new HashMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long last = -1;
    private int lastPoll = -1;
    private boolean member;
    private boolean waitsForFirst;
    private long committedFloor;
    private boolean whole;

    /// Goes on from an offset.
    void placed(long offset) {
        last = offset - 1;
        lastPoll = -1;
        waitsForFirst = false;
    }

    /// Goes on from where the group is, which the first record will tell.
    ///
    /// @param floor the group cannot be before it
    void assigned(long floor) {
        member = true;
        waitsForFirst = true;
        committedFloor = floor;
        lastPoll = -1;
    }

    /// @param committed the highest offset that any member ever tried to commit
    void polled(int poll, long offset, long committed, Findings findings, int partition) {
        boolean samePoll = poll == lastPoll;
        if (waitsForFirst) {
            waitsForFirst = false;
            if (offset < committedFloor) {
                findings.found(
                        Anomaly.LOST_COMMIT,
                        partition,
                        "began at " + offset + " though " + committedFloor + " was committed");
            } else if (offset > committed) {
                gaps.add(new Gap(committed, offset, Anomaly.COMMIT_SKIP));
            }
        } else if (offset <= last) {
            findings.found(
                    samePoll ? Anomaly.INTERNAL_NONMONOTONIC_POLL : Anomaly.NONMONOTONIC_POLL,
                    partition,
                    "from " + last + " to " + offset);
        } else if (offset > last + 1) {
            gaps.add(new Gap(last + 1, offset, samePoll ? Anomaly.INTERNAL_POLL_SKIP : Anomaly.POLL_SKIP));
        }
        last = offset;
        lastPoll = poll;
        seen.set(Math.toIntExact(offset));
    }

    void sawOtherwise(long offset, long identity) {
        otherwise.put(offset, identity);
    }

    void readWhole() {
        whole = true;
    }

    boolean isWhole() {
        return whole;
    }

    boolean isMember() {
        return member;
    }

    List<Gap> gaps() {
        return gaps;
    }

    BitSet seen() {
        return seen;
    }

    /// What it saw at an offset that it read, given what the partition is known to hold.
    long identityAt(long offset, long known) {
        return otherwise.getOrDefault(offset, known);
    }
}
