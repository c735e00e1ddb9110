// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

/// One promise a store must keep.
public enum Check {
    IF_ABSENT("of concurrent puts if absent exactly one is stored, and its bytes are there"),
    IF_VERSION("of concurrent puts if version exactly one is stored, and its bytes are there"),
    IF_VERSION_MISMATCH("a put if version is refused on another version and on nothing"),
    PUT_AFTER_DELETE("a deleted key is absent for everybody, and can be created again"),
    READ_AFTER_WRITE("another connection reads what was just written"),
    LIST_AFTER_WRITE("another connection lists what was just written, in order, and not what was deleted"),
    RANGE_READS("parts of an object are read exactly");

    private final String promise;

    Check(String promise) {
        this.promise = promise;
    }

    /// What the store promises, as one clause.
    public String promise() {
        return promise;
    }
}
