// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

/// The first four bytes of each kind of object, and the newest version of its layout.
public enum Magic {
    WAL_OBJECT("PSWL", 1),
    SEAL("PSSE", 1),
    FLOOR("PSFL", 1),
    MANIFEST("PSMF", 2),
    PRODUCER_SNAPSHOT("PSPR", 1),
    SEGMENT("PSSG", 1),
    PARTS_PAGE("PSPP", 1);

    private final int number;
    private final int version;

    Magic(String letters, int version) {
        this.number = letters.charAt(0) << 24 | letters.charAt(1) << 16 | letters.charAt(2) << 8 | letters.charAt(3);
        this.version = version;
    }

    /// The four letters as a big-endian number.
    public int number() {
        return number;
    }

    /// The version that writers write. Readers accept 1 to this.
    public int version() {
        return version;
    }
}
