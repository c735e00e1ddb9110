// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import io.penstock.standalone.history.ReaderLog.Gap;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One partition's part of a history. Not thread-safe.
///
/// Where a record stands is known from acknowledgements and from reads alike; the first one to tell of an offset or of
/// a
/// record is held against all that follow.
final class PartitionHistory {
    /// A record at an offset other than its first.
    private record Copy(long identity, long offset) {}

    private final int partition;
    private final SortedMap<Integer, WriterLog> writers = new TreeMap<>();
    private final Map<Integer, ReaderLog> readers = new HashMap<>();
    private final Findings findings = new Findings();
    private final Set<Copy> copies = new HashSet<>();
    private final Set<Copy> conflicts = new HashSet<>();
    private final BitSet known = new BitSet();
    private long[] identities = new long[64];
    private final Set<Event.CommitSent> unansweredCommits = new HashSet<>();
    private long committedFloor;
    private long highestAcknowledgedCommit;
    private long highestCommit;

    PartitionHistory(int partition) {
        this.partition = partition;
    }

    void accept(Event event) {
        switch (event) {
            case Event.Sent sent ->
                writers.computeIfAbsent(sent.writer(), number -> new WriterLog())
                        .sent(sent.record());
            case Event.Acknowledged acknowledged -> {
                writer(acknowledged.writer()).acknowledged(acknowledged.record(), acknowledged.offset());
                stands(identity(acknowledged.writer(), acknowledged.record()), acknowledged.offset());
            }
            case Event.Refused refused -> writer(refused.writer()).refused(refused.record());
            case Event.Placed placed -> reader(placed.reader()).placed(placed.offset());
            case Event.Assigned assigned -> {
                // Whoever was not answered may have been heard, and in any order; from now on only this member is.
                unansweredCommits.forEach(commit -> committedFloor = Math.min(committedFloor, commit.offset()));
                unansweredCommits.clear();
                reader(assigned.reader()).assigned(committedFloor);
            }
            case Event.Polled polled -> polled(polled);
            case Event.PolledGarbage garbage -> {
                findings.found(Anomaly.GARBAGE_READ, partition, "bytes that nobody wrote at " + garbage.offset());
                reader(garbage.reader()).polled(garbage.poll(), garbage.offset(), highestCommit, findings, partition);
            }
            case Event.CommitSent commit -> {
                unansweredCommits.add(commit);
                highestCommit = Math.max(highestCommit, commit.offset());
            }
            case Event.CommitAcknowledged commit -> {
                unansweredCommits.remove(new Event.CommitSent(commit.reader(), partition, commit.offset()));
                committedFloor = commit.offset();
                highestAcknowledgedCommit = Math.max(highestAcknowledgedCommit, commit.offset());
            }
            case Event.ReadWhole whole -> reader(whole.reader()).readWhole();
        }
    }

    private void polled(Event.Polled polled) {
        ReaderLog reader = reader(polled.reader());
        reader.polled(polled.poll(), polled.offset(), highestCommit, findings, partition);
        WriterLog writer = writers.get(polled.writer());
        if (writer == null || !writer.wasSent(polled.record())) {
            findings.found(
                    Anomaly.GARBAGE_READ,
                    partition,
                    name(identity(polled.writer(), polled.record())) + " was not sent");
            return;
        }
        writer.read(polled.record());
        long identity = identity(polled.writer(), polled.record());
        if (stands(identity, polled.offset()) != identity) {
            reader.sawOtherwise(polled.offset(), identity);
        }
    }

    /// @return what is known to stand there
    private long stands(long identity, long offset) {
        int at = Math.toIntExact(offset);
        WriterLog writer = writer((int) (identity >>> 32));
        int record = (int) identity;
        if (writer.place(record) == WriterLog.NOWHERE) {
            writer.place(record, offset);
        } else if (writer.place(record) != offset && copies.add(new Copy(identity, offset))) {
            findings.found(
                    Anomaly.DUPLICATE, partition, name(identity) + " at " + writer.place(record) + " and at " + offset);
        }
        if (at >= identities.length) {
            identities = Arrays.copyOf(identities, Math.max(at + 1, identities.length * 2));
        }
        if (!known.get(at)) {
            known.set(at);
            identities[at] = identity;
        } else if (identities[at] != identity && conflicts.add(new Copy(identity, offset))) {
            findings.found(
                    Anomaly.INCONSISTENT_OFFSETS,
                    partition,
                    offset + " holds " + name(identities[at]) + " and " + name(identity));
        }
        return identities[at];
    }

    /// Judges the whole as far as it came, without changing it.
    Findings judge() {
        Findings all = new Findings();
        all.addAll(findings);
        writers.forEach((number, writer) -> judge(number, writer, all));
        for (ReaderLog reader : readers.values()) {
            for (Gap gap : reader.gaps()) {
                long first = known.nextSetBit(Math.toIntExact(gap.from()));
                if (first >= 0 && first < gap.to()) {
                    all.found(gap.anomaly(), partition, "to " + gap.to() + " past " + first);
                }
            }
            if (reader.isWhole()) {
                judgeWhole(reader, all);
            }
        }
        BitSet unread = known.get(0, Math.toIntExact(highestAcknowledgedCommit));
        unread.andNot(readByGroup());
        unread.stream()
                .forEach(offset ->
                        all.found(Anomaly.COMMIT_SKIP, partition, offset + " is committed, and no member has read it"));
        return all;
    }

    private void judge(int number, WriterLog writer, Findings all) {
        long before = -1;
        for (int record = 0; record < writer.sent(); record++) {
            if (writer.readAlthoughRefused(record)) {
                all.found(Anomaly.ABORTED_READ, partition, name(identity(number, record)));
            }
            long offset = writer.place(record);
            if (offset != WriterLog.NOWHERE) {
                if (offset < before) {
                    all.found(
                            Anomaly.NONMONOTONIC_SEND,
                            partition,
                            name(identity(number, record)) + " at " + offset + " after an earlier one at " + before);
                }
                before = offset;
            }
        }
    }

    private void judgeWhole(ReaderLog whole, Findings all) {
        BitSet missing = (BitSet) known.clone();
        missing.andNot(whole.seen());
        missing.stream()
                .forEach(offset -> all.found(
                        offset < whole.seen().length() ? Anomaly.LOST_WRITE : Anomaly.UNSEEN,
                        partition,
                        name(identities[offset]) + " at " + offset));
        writers.forEach((number, writer) -> {
            for (int record = 0; record < writer.sent(); record++) {
                int offset = Math.toIntExact(writer.acknowledgedAt(record));
                if (writer.isAcknowledged(record)
                        && whole.seen().get(offset)
                        && whole.identityAt(offset, identities[offset]) != identity(number, record)) {
                    all.found(
                            Anomaly.LOST_WRITE,
                            partition,
                            name(identity(number, record)) + " was acknowledged at " + offset
                                    + ", which holds another");
                }
            }
        });
    }

    long unreadByGroup() {
        BitSet group = readByGroup();
        long unread = 0;
        for (WriterLog writer : writers.values()) {
            for (int record = 0; record < writer.sent(); record++) {
                if (writer.isAcknowledged(record) && !group.get(Math.toIntExact(writer.acknowledgedAt(record)))) {
                    unread++;
                }
            }
        }
        return unread;
    }

    long sent() {
        return writers.values().stream().mapToLong(WriterLog::sent).sum();
    }

    long acknowledged() {
        return writers.values().stream().mapToLong(WriterLog::acknowledged).sum();
    }

    long read() {
        BitSet read = new BitSet();
        readers.values().forEach(reader -> read.or(reader.seen()));
        return read.cardinality();
    }

    private BitSet readByGroup() {
        BitSet read = new BitSet();
        readers.values().stream().filter(ReaderLog::isMember).forEach(member -> read.or(member.seen()));
        return read;
    }

    private WriterLog writer(int number) {
        WriterLog writer = writers.get(number);
        if (writer == null) {
            throw new IllegalArgumentException("writer " + number + " is answered and has sent nothing");
        }
        return writer;
    }

    private ReaderLog reader(int number) {
        return readers.computeIfAbsent(number, _ -> new ReaderLog());
    }

    private static long identity(int writer, int record) {
        return (long) writer << 32 | Integer.toUnsignedLong(record);
    }

    private static String name(long identity) {
        return "record " + (int) identity + " of writer " + (identity >>> 32);
    }
}
