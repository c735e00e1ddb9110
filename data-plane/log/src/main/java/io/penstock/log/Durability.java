// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// What became of a sequenced append.
public enum Durability {
    /// In the object store, at or below the durable frontier: may be acknowledged.
    DURABLE,
    /// This broker no longer leads the shard. The batch may or may not live on: answer NOT_LEADER_OR_FOLLOWER, never
    /// "not written".
    FENCED,
    /// The store did not take it in time. It may still come to be: answer a retriable error, never "not written".
    UNDECIDED
}
