// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

/// Something the person at the terminal can mend: one line that says what to do, and an exit code (sysexits.h).
final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final int USAGE = 64;
    static final int DATA = 65;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int CANNOT_CREATE = 73;
    static final int TRY_AGAIN = 75;

    private final int exitCode;

    Trouble(int exitCode, String whatToDo) {
        super(whatToDo);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
