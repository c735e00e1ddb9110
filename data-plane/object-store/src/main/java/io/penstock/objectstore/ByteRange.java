// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// A part of an object, counted from its beginning or from its end (RFC 9110 section 14.1.2).
///
/// @param start first byte; negative if it is counted from the end
/// @param length number of bytes, 1 or more
public record ByteRange(long start, long length) {
    public ByteRange {
        if (length < 1 || (start < 0 && start != -length)) {
            throw new IllegalArgumentException("not a byte range: start " + start + ", length " + length);
        }
    }

    /// The last bytes, whatever the object's size; the whole object if it is smaller.
    public static ByteRange last(long length) {
        return new ByteRange(-length, length);
    }

    /// Whether it is counted from the end.
    public boolean isFromEnd() {
        return start < 0;
    }

    /// One beyond the last byte, for a range that is counted from the beginning.
    public long end() {
        return Math.addExact(start, length);
    }

    /// The first byte of it in an object of this size: 0 to `size`.
    public long startIn(long size) {
        return isFromEnd() ? Math.max(0, size + start) : Math.min(start, size);
    }

    /// One beyond the last byte of it in an object of this size: `startIn(size)` to `size`.
    public long endIn(long size) {
        return isFromEnd() ? size : Math.min(end(), size);
    }
}
