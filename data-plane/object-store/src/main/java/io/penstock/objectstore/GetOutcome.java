// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import java.nio.ByteBuffer;

/// What a get found.
public sealed interface GetOutcome {
    /// The object, or the range of it that was asked for.
    ///
    /// @param bytes read-only, positioned at the first byte; heap or direct
    /// @param objectSize size of the whole object in bytes
    record Found(ObjectVersion version, ByteBuffer bytes, long objectSize) implements GetOutcome {}

    /// Nothing was there at some instant between the call and the answer.
    record Absent() implements GetOutcome {}

    /// The store did not answer. Says nothing about the object.
    record Failed(Throwable cause) implements GetOutcome {}
}
