// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// A part of an object.
///
/// @param start first byte, 0 or more
/// @param length number of bytes, 1 or more
public record ByteRange(long start, long length) {
    public ByteRange {
        if (start < 0 || length < 1) {
            throw new IllegalArgumentException("not a byte range: start " + start + ", length " + length);
        }
    }

    /// One beyond the last byte.
    public long end() {
        return Math.addExact(start, length);
    }
}
