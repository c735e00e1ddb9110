// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import org.apache.kafka.common.Uuid;

/// What a footer tells of one batch: enough to rebuild offsets and producer state without reading the batch.
///
/// @param producerId −1 if the producer is not idempotent, and then epoch and sequences are −1, too
/// @param control whether it holds a transaction marker
/// @param position of the batch's first byte in the object; 0 while it is in none
/// @param size of the batch in bytes; 0 while it is in no object
public record BatchIndex(
        Uuid topicId,
        int partition,
        ShardId shard,
        LeaderEpoch epoch,
        long baseOffset,
        long lastOffset,
        int recordCount,
        long minTimestamp,
        long maxTimestamp,
        long producerId,
        short producerEpoch,
        int firstSequence,
        int lastSequence,
        boolean transactional,
        boolean control,
        int position,
        int size) {
    public BatchIndex {
        if (partition < 0 || baseOffset < 0 || lastOffset < baseOffset || recordCount < 0 || position < 0 || size < 0) {
            throw new IllegalArgumentException("not a batch: partition " + partition + ", offsets " + baseOffset
                    + " to " + lastOffset + ", " + recordCount + " records, position " + position + ", size " + size);
        }
    }

    /// The same batch, elsewhere.
    public BatchIndex at(int newPosition, int newSize) {
        return new BatchIndex(
                topicId,
                partition,
                shard,
                epoch,
                baseOffset,
                lastOffset,
                recordCount,
                minTimestamp,
                maxTimestamp,
                producerId,
                producerEpoch,
                firstSequence,
                lastSequence,
                transactional,
                control,
                newPosition,
                newSize);
    }

    public TopicPartitionId topicPartition() {
        return new TopicPartitionId(topicId, partition);
    }

    static final int ROW_SIZE = 92;

    void write(FieldWriter out) {
        out.uuid(topicId)
                .i32(partition)
                .i32(shard.number())
                .i32(epoch.number())
                .i64(baseOffset)
                .i64(lastOffset)
                .i32(recordCount)
                .i64(minTimestamp)
                .i64(maxTimestamp)
                .i64(producerId)
                .i16(producerEpoch)
                .i32(firstSequence)
                .i32(lastSequence)
                .u8((transactional ? 1 : 0) | (control ? 2 : 0))
                .u8(0)
                .i32(position)
                .i32(size);
    }

    static BatchIndex read(FieldReader in) {
        Uuid topicId = in.uuid();
        int partition = in.i32();
        ShardId shard = in.shard();
        LeaderEpoch epoch = in.epoch();
        long baseOffset = in.i64();
        long lastOffset = in.i64();
        int recordCount = in.i32();
        long minTimestamp = in.i64();
        long maxTimestamp = in.i64();
        long producerId = in.i64();
        short producerEpoch = in.i16();
        int firstSequence = in.i32();
        int lastSequence = in.i32();
        int flags = in.u8();
        int reserved = in.u8();
        if (flags > 3 || reserved != 0) {
            throw in.corrupt("unknown flags in the row of a batch: " + flags + ", " + reserved);
        }
        int position = in.i32();
        int size = in.i32();
        return in.sane(() -> new BatchIndex(
                topicId,
                partition,
                shard,
                epoch,
                baseOffset,
                lastOffset,
                recordCount,
                minTimestamp,
                maxTimestamp,
                producerId,
                producerEpoch,
                firstSequence,
                lastSequence,
                (flags & 1) != 0,
                (flags & 2) != 0,
                position,
                size));
    }
}
