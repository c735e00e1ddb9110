// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Takes the history of one topic, with at most one consumer group, event by event, and judges it at the end.
///
/// Keeps about 30 bytes a record and a bit for every record and reader, so that hours fit into memory. Safe for any
/// number of threads; the order of events is the order of calls.
public final class HistoryChecker implements Consumer<Event> {
    private final SortedMap<Integer, PartitionHistory> partitions = new TreeMap<>();

    @Override
    public void accept(Event event) {
        PartitionHistory partition;
        synchronized (partitions) {
            partition = partitions.computeIfAbsent(event.partition(), PartitionHistory::new);
        }
        synchronized (partition) {
            partition.accept(event);
        }
    }

    /// How many acknowledged records no member of the group has read yet.
    public long unreadByGroup() {
        long unread = 0;
        synchronized (partitions) {
            for (PartitionHistory partition : partitions.values()) {
                synchronized (partition) {
                    unread += partition.unreadByGroup();
                }
            }
        }
        return unread;
    }

    /// Judges what came so far. Whether anything is lost can be told only of partitions with an [Event.ReadWhole].
    public Judgement judge() {
        Findings findings = new Findings();
        long sent = 0;
        long acknowledged = 0;
        long read = 0;
        synchronized (partitions) {
            for (PartitionHistory partition : partitions.values()) {
                synchronized (partition) {
                    findings.addAll(partition.judge());
                    sent += partition.sent();
                    acknowledged += partition.acknowledged();
                    read += partition.read();
                }
            }
        }
        return new Judgement(sent, acknowledged, read, findings.counts(), findings.examples());
    }
}
