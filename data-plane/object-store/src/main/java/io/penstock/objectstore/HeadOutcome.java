// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// What a head found.
public sealed interface HeadOutcome {
    /// @param size of the whole object in bytes
    record Found(ObjectVersion version, long size) implements HeadOutcome {}

    /// Nothing was there at some instant between the call and the answer.
    record Absent() implements HeadOutcome {}

    /// The store did not answer.
    record Failed(Throwable cause) implements HeadOutcome {}
}
