// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What clients of a correct log of one partition may see, drawn from a seed: writers whose answers get lost, who are
/// refused, readers that come and go, a group whose members take over from each other and whose commits get lost.
final class ValidHistory {
    static final int PARTITION = 3;

    private static final int WRITERS = 3;
    private static final int WHOLE_READER = 1000;

    /// A record as the log has it.
    private record Stored(int writer, int record) {}

    private final Random random;
    private final List<Event> events = new ArrayList<>();
    private final List<Stored> log = new ArrayList<>();
    private final int[] sent = new int[WRITERS];
    private int clients;
    private int polls;
    private int free;
    private long freePosition;
    private int member;
    private long memberPosition;
    private long committed;

    private ValidHistory(long seed) {
        random = new Random(seed);
    }

    static List<Event> of(long seed, int steps) {
        ValidHistory history = new ValidHistory(seed);
        history.newFreeReader();
        history.newMember();
        for (int step = 0; step < steps; step++) {
            history.step();
        }
        history.readByGroup();
        history.readWhole();
        return history.events;
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> write(random.nextInt(WRITERS));
            case 4, 5 -> freePosition = poll(free, freePosition, random.nextInt(4));
            case 6, 7 -> memberPosition = poll(member, memberPosition, random.nextInt(4));
            case 8 -> commit();
            default -> {
                if (random.nextBoolean()) {
                    newFreeReader();
                } else {
                    newMember();
                }
            }
        }
    }

    private void write(int writer) {
        int record = sent[writer]++;
        events.add(new Event.Sent(writer, PARTITION, record));
        switch (random.nextInt(8)) {
            case 0 -> events.add(new Event.Refused(writer, PARTITION, record));
            case 1 -> {}
            case 2 -> log.add(new Stored(writer, record));
            default -> {
                log.add(new Stored(writer, record));
                events.add(new Event.Acknowledged(writer, PARTITION, record, log.size() - 1));
            }
        }
    }

    private long poll(int reader, long from, int most) {
        int poll = polls++;
        long position = from;
        for (int i = 0; i < most && position < log.size(); i++, position++) {
            Stored stored = log.get((int) position);
            events.add(new Event.Polled(reader, poll, PARTITION, position, stored.writer(), stored.record()));
        }
        return position;
    }

    private void commit() {
        if (memberPosition < committed) {
            return;
        }
        events.add(new Event.CommitSent(member, PARTITION, memberPosition));
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> committed = memberPosition;
            default -> {
                committed = memberPosition;
                events.add(new Event.CommitAcknowledged(member, PARTITION, memberPosition));
            }
        }
    }

    private void newFreeReader() {
        free = clients++;
        freePosition = log.isEmpty() ? 0 : random.nextInt(log.size() + 1);
        events.add(new Event.Placed(free, PARTITION, freePosition));
    }

    private void newMember() {
        member = clients++;
        memberPosition = committed;
        events.add(new Event.Assigned(member, PARTITION));
    }

    private void readByGroup() {
        memberPosition = poll(member, memberPosition, log.size());
        events.add(new Event.CommitSent(member, PARTITION, memberPosition));
        events.add(new Event.CommitAcknowledged(member, PARTITION, memberPosition));
    }

    private void readWhole() {
        events.add(new Event.Placed(WHOLE_READER, PARTITION, 0));
        long position = 0;
        while (position < log.size()) {
            position = poll(WHOLE_READER, position, 1 + random.nextInt(5));
        }
        events.add(new Event.ReadWhole(WHOLE_READER, PARTITION));
    }
}
