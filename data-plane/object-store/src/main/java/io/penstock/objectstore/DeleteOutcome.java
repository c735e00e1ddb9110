// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// What became of a delete.
public sealed interface DeleteOutcome {
    /// Nothing is there any more.
    record Deleted() implements DeleteOutcome {}

    /// No certain answer: it may be gone, or go later.
    record Unknown(Throwable cause) implements DeleteOutcome {}
}
