// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

/// The copy was not finished. What it has copied so far stays, and the next one to the same place goes on
/// from there.
public final class CopyFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What to do about it.
    public enum Reason {
        /// A cluster is there already, perhaps this very copy, finished: copy elsewhere.
        TARGET_TAKEN,
        /// The source is not whole: look at it with `bucket fsck`.
        SOURCE_DAMAGED,
        /// A store did not answer: try again.
        NO_ANSWER,
        /// The source collected faster than it could be copied: try again, with a longer grace if need be.
        OVERTAKEN
    }

    private final Reason reason;

    CopyFailed(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
