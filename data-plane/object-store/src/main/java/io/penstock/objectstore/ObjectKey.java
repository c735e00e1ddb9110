// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import java.util.regex.Pattern;

/// The name of an object: path segments of `[A-Za-z0-9_.=-]`, joined by `/`, 1 to 512 characters in all.
///
/// The narrow alphabet is what every S3-compatible server and every file system keeps apart and in the same order.
/// Segments `.` and `..` are refused. No key may be a path prefix of another (`a` and `a/b`): some servers keep keys as
/// files.
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*");

    public ObjectKey {
        if (value.length() > 512 || !LEGAL.matcher(value).matches() || hasDotSegment(value)) {
            throw new IllegalArgumentException("not an object key: '" + value + "'");
        }
    }

    public static ObjectKey of(String value) {
        return new ObjectKey(value);
    }

    private static boolean hasDotSegment(String value) {
        for (String segment : value.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
