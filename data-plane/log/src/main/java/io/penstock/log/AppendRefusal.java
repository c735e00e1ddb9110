// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// Why an append got no place.
public enum AppendRefusal {
    /// Not open here: NOT_LEADER_OR_FOLLOWER.
    NOT_LEADER,
    /// OUT_OF_ORDER_SEQUENCE_NUMBER.
    OUT_OF_ORDER_SEQUENCE,
    /// INVALID_PRODUCER_EPOCH.
    INVALID_PRODUCER_EPOCH,
    /// A known producer id is needed and is not: UNKNOWN_PRODUCER_ID.
    UNKNOWN_PRODUCER,
    /// A duplicate too old to be told apart: DUPLICATE_SEQUENCE_NUMBER.
    DUPLICATE_TOO_OLD,
    /// INVALID_TXN_STATE.
    INVALID_TRANSACTION,
    /// A marker of a coordinator that a later one has replaced: TRANSACTION_COORDINATOR_FENCED.
    COORDINATOR_FENCED,
    /// Not now: too many bytes wait for the store, or earlier batches of the producer may still be on their way. A
    /// retriable error; back off.
    OVERLOADED,
    /// The batch itself is not acceptable: INVALID_RECORD.
    INVALID_BATCH,
    /// The topic is being deleted: UNKNOWN_TOPIC_OR_PARTITION.
    DROPPED
}
