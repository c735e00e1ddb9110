// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// The metalog is not followed any more: the process closes, or the metalog cannot be used.
public final class MetalogStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean newer;

    MetalogStoppedException(String reason, boolean newer) {
        super(reason);
        this.newer = newer;
    }

    /// Whether a newer Penstock wrote what could not be read: this process is to be upgraded.
    public boolean isForNewerVersion() {
        return newer;
    }
}
