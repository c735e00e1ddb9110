// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

/// What no correct log shows its clients. The names are those of Jepsen's Kafka workload where it has one.
public enum Anomaly {
    /// An acknowledged record, or one that somebody has read, that the whole read passed by.
    LOST_WRITE("acknowledged or read once, and not there although later records are"),
    /// The same beyond the last record that the whole read found.
    UNSEEN("acknowledged or read once, and the log ends before it"),
    DUPLICATE("one record at two offsets"),
    INCONSISTENT_OFFSETS("one offset with two records"),
    /// Read although its producer was told that it was certainly not written.
    ABORTED_READ("read, and its producer was told that it was not written"),
    /// Bytes that nobody wrote, or a record that nobody had sent.
    GARBAGE_READ("read, and nobody wrote it"),
    /// A later record of one producer at a lower offset than an earlier one.
    NONMONOTONIC_SEND("a producer's records in another order than sent"),
    INTERNAL_NONMONOTONIC_POLL("one poll goes back"),
    INTERNAL_POLL_SKIP("one poll leaves out records that are there"),
    NONMONOTONIC_POLL("a poll goes back behind the one before"),
    POLL_SKIP("a poll leaves out records after the one before"),
    /// A member began before an offset whose commit had been acknowledged.
    LOST_COMMIT("an acknowledged commit is forgotten"),
    /// A member began beyond everything that was ever committed, or a commit covers records no member has read.
    COMMIT_SKIP("a group goes on beyond what it has read");

    private final String means;

    Anomaly(String means) {
        this.means = means;
    }

    public String means() {
        return means;
    }
}
