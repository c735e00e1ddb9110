// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

/// An object is not what its key says, or its bytes are damaged. Never skip it: stop what depends on it, and say so.
public final class CorruptObject extends RuntimeException {
    private final String object;

    /// @param object what was read: a slot or a key
    public CorruptObject(String object, String detail) {
        super(object + ": " + detail);
        this.object = object;
    }

    public String object() {
        return object;
    }
}
