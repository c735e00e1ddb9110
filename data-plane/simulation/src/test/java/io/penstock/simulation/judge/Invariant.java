// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

/// What must hold in every world, whatever happens in it.
public enum Invariant {
    /// What a producer was told is stored lies in the contiguous prefix of a WAL, at that offset, at that
    /// moment.
    ACKNOWLEDGED_IS_DURABLE,
    /// What was acknowledged can be read at the end, and every epoch begins where the ones before it ended.
    NO_ACKNOWLEDGED_RECORD_LOST,
    /// A partition's offset holds one record, for ever.
    OFFSETS_NEVER_REPEAT,
    /// What is durable has no holes in its offsets.
    OFFSETS_HAVE_NO_GAPS,
    /// Cleaning by key takes only records whose key came again, and tombstones after their time; whatever stays
    /// keeps its offset.
    LAST_VALUES_STAY,
    /// A shard's epoch is written by one incarnation, and nothing of an older epoch becomes durable after a
    /// newer one
    /// has
    /// begun.
    ONE_WRITER_PER_EPOCH,
    /// Neither a read nor a high watermark shows what is not durable.
    NOTHING_SERVED_BEYOND_DURABLE,
    /// No incarnation answers a question with a lower high watermark than it had told before the question came.
    HIGH_WATERMARK_NEVER_RETREATS,
    /// An idempotent producer's records come in the order it sent them, each once.
    PRODUCER_ORDER_KEPT_WITHOUT_DUPLICATES,
    /// "Latest offset", once told to a client, counts everything that was acknowledged before the client asked.
    LATEST_OFFSET_IS_FRESH,
    /// "Out of range" is told only of offsets that are.
    OUT_OF_RANGE_IS_PROVEN,
    /// The end of an epoch, once told, is not before records of it that clients know.
    NO_TRUNCATION_IS_FEIGNED,
    /// A lookup by timestamp finds the first record at or after it, as far as clients could know.
    TIMESTAMPS_FIND_THE_FIRST_RECORD,
    /// A log start that a client is told is durable, in a WAL or in a manifest, and never beyond the records.
    LOG_START_IS_DURABLE,
    /// Once a client was told of a deletion, no leader that proves itself tells of an earlier log start; no
    /// manifest
    /// goes
    /// back behind the one before it.
    LOG_START_NEVER_RETREATS,
    /// After a CLAIM only its owner's brokers are given shards.
    A_CLAIM_SHUTS_OUT,
    /// All brokers apply the same metalog.
    ONE_METALOG,
    /// What is in the bucket agrees with itself, and a good batch is never refused as a bad one.
    NO_CORRUPTION,
    /// No log is found damaged, no slot that must be there is missing: production code has no error to log.
    NO_ERROR_IS_LOGGED,
    /// Production code handles its own failures.
    NO_TASK_THROWS,
    /// Some time after the last fault every partition takes records and gives them back.
    EVERY_PARTITION_SERVES_AGAIN,
    /// A world in which nothing was acknowledged, or no shard failed over with puts in flight, proves nothing.
    NOT_VACUOUS
}
