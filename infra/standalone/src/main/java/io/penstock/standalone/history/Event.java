// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

/// One thing that a client of the topic did or was told.
///
/// Events are in an order that agrees with real time: what a client does is told before it does it, what it hears after
/// it heard it. Writers and readers are numbered by whoever runs them; a number is never used for two clients. A
/// writer's records of one partition are numbered 0, 1, … in the order in which it sends them.
public sealed interface Event {
    int partition();

    /// A producer is about to send its next record.
    record Sent(int writer, int partition, int record) implements Event {}

    record Acknowledged(int writer, int partition, int record, long offset) implements Event {}

    /// The producer was told that the record was certainly not written. Whoever is told less says nothing: a record
    /// without an answer may have been written or not.
    record Refused(int writer, int partition, int record) implements Event {}

    /// A reader without a group was put at an offset and reads on from there.
    record Placed(int reader, int partition, long offset) implements Event {}

    /// A member of the group is about to begin at what the group has committed.
    record Assigned(int reader, int partition) implements Event {}

    /// A record that a poll gave.
    ///
    /// @param poll number of the reader's poll, growing
    record Polled(int reader, int poll, int partition, long offset, int writer, int record) implements Event {}

    /// Bytes that are not whole or not of this topic.
    record PolledGarbage(int reader, int poll, int partition, long offset) implements Event {}

    /// A member is about to commit: the group shall go on at this offset.
    record CommitSent(int reader, int partition, long offset) implements Event {}

    record CommitAcknowledged(int reader, int partition, long offset) implements Event {}

    /// A reader that was placed at the beginning has read everything there is, after all writing had ended.
    record ReadWhole(int reader, int partition) implements Event {}
}
