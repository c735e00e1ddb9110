// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.nio.ByteBuffer;

/// What reading a part of a slot found.
public sealed interface BytesRead {
    /// @param bytes read-only, as many as were asked for
    record Found(ByteBuffer bytes) implements BytesRead {}

    /// Nothing is there: read the manifest again (a collected slot), else it is corruption (R11).
    record Missing() implements BytesRead {}

    /// The slot is shorter than its footer says.
    record Damaged(String detail) implements BytesRead {}

    /// The store did not answer: retriable.
    record Unavailable(String detail) implements BytesRead {}
}
