// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

/// Why a command did not do what it was asked for: what to tell the person, and an exit code (sysexits.h).
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final int REFUSED = 1;
    static final int USAGE = 64;
    static final int DATA = 65;
    static final int UNAVAILABLE = 69;
    static final int FAILED = 70;
    static final int CONFIGURATION = 78;

    private final int exitCode;

    Refusal(int exitCode, String whatToDo) {
        super(whatToDo);
        this.exitCode = exitCode;
    }

    /// What the process ends with.
    public int exitCode() {
        return exitCode;
    }
}
