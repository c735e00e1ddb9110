// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// What became of writing a metalog entry.
public sealed interface WriteOutcome {
    /// `meta/<n>` holds exactly our bytes, for ever.
    record Stored() implements WriteOutcome {}

    /// `meta/<n>` holds something else, for ever: the database was rolled back, or somebody else owns the cluster.
    /// The bucket wins: adopt what was found; what was meant did not happen.
    record Conflict(EncodedEntry found) implements WriteOutcome {}
}
