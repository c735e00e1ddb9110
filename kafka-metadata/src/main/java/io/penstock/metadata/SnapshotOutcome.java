// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// What became of writing a snapshot.
public sealed interface SnapshotOutcome {
    /// The bucket holds a snapshot of the image at this entry.
    record Stored(int number) implements SnapshotOutcome {}

    /// There is none, or nobody knows. Nothing depends on it: try again some other time.
    record NotStored(String reason) implements SnapshotOutcome {}
}
