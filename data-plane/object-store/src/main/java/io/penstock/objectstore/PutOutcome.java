// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// What became of a put.
public sealed interface PutOutcome {
    /// Durable, and ours.
    record Stored(ObjectVersion version) implements PutOutcome {}

    /// The condition did not hold: something else is there (or, for `if version`, nothing). Ours was not written
    /// *by this attempt*; an earlier attempt of ours whose answer was lost may be what is there.
    record Refused() implements PutOutcome {}

    /// No certain answer. It may be there, may come to be there later, or never: read it back before deciding anything.
    record Unknown(Throwable cause) implements PutOutcome {}
}
