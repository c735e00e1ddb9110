// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a partition of the offsets topic from its beginning to its high watermark into the coordinator's memory.
///
/// Our log hands a shard over only when everything sequenced before is durable, so at this time the high watermark is
/// the log's end.
final class GroupLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final Logger log = LoggerFactory.getLogger(GroupLoader.class);
    /// As Kafka's `offsets.load.buffer.size`.
    private static final int PAGE_BYTES = 5 << 20;

    private final GroupLog groupLog;
    private final Deserializer<CoordinatorRecord> deserializer;
    private final Time time;
    private final Set<TopicPartition> loading = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    GroupLoader(GroupLog groupLog, Deserializer<CoordinatorRecord> deserializer, Time time) {
        this.groupLog = groupLog;
        this.deserializer = deserializer;
        this.time = time;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
        if (!loading.add(partition)) {
            return CompletableFuture.failedFuture(new IllegalStateException(partition + " is being loaded already"));
        }
        Load load = new Load(partition, playback, time.milliseconds());
        load.next(0);
        return load.done.whenComplete((summary, failure) -> loading.remove(partition));
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Load {
        private final TopicPartition partition;
        private final CoordinatorPlayback<CoordinatorRecord> playback;
        private final long startedAt;
        private final CompletableFuture<LoadSummary> done = new CompletableFuture<>();
        private long replayed;
        private long records;
        private long bytes;

        private Load(TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback, long startedAt) {
            this.partition = partition;
            this.playback = playback;
            this.startedAt = startedAt;
        }

        private void next(long offset) {
            groupLog.read(partition.partition(), offset, PAGE_BYTES).whenCompleteAsync((page, failure) -> {
                try {
                    if (failure != null) {
                        done.completeExceptionally(failure);
                    } else if (closed) {
                        done.completeExceptionally(new NotLeaderOrFollowerException("the coordinator is closed"));
                    } else {
                        replay(Math.max(offset, page.logStartOffset()), page);
                    }
                } catch (RuntimeException damaged) {
                    done.completeExceptionally(damaged);
                }
            });
        }

        private void replay(long from, GroupLog.Page page) {
            long next = from;
            for (ByteBuffer buffer : page.batches()) {
                bytes += buffer.remaining();
                for (MutableRecordBatch batch :
                        MemoryRecords.readableRecords(buffer.duplicate()).batches()) {
                    if (batch.nextOffset() > from) {
                        replay(batch, from);
                        next = batch.nextOffset();
                    }
                }
            }
            // The coordinator refuses an offset that is no news, also the 0 of an empty partition.
            if (next > replayed) {
                replayed = next;
                playback.updateLastWrittenOffset(next);
                playback.updateLastCommittedOffset(next);
            }
            if (next >= page.highWatermark()) {
                done.complete(new LoadSummary(startedAt, time.milliseconds(), 0, records, bytes));
            } else if (next == from) {
                done.completeExceptionally(new IllegalStateException(partition + " has nothing at offset " + from
                        + " below its high watermark " + page.highWatermark()));
            } else {
                next(next);
            }
        }

        private void replay(RecordBatch batch, long from) {
            if (batch.isControlBatch()) {
                Record record = batch.iterator().next();
                ControlRecordType type = ControlRecordType.parse(record.key());
                switch (type) {
                    case COMMIT ->
                        playback.replayEndTransactionMarker(
                                batch.producerId(), batch.producerEpoch(), TransactionResult.COMMIT);
                    case ABORT ->
                        playback.replayEndTransactionMarker(
                                batch.producerId(), batch.producerEpoch(), TransactionResult.ABORT);
                    default ->
                        log.debug("partition={} offset={} control record {} skipped", partition, record.offset(), type);
                }
                return;
            }
            for (Record record : batch) {
                if (record.offset() < from) {
                    continue;
                }
                records++;
                try {
                    playback.replay(
                            record.offset(),
                            batch.producerId(),
                            batch.producerEpoch(),
                            deserializer.deserialize(record.key(), record.value()));
                } catch (Deserializer.UnknownRecordTypeException newer) {
                    log.warn(
                            "partition={} offset={} record of unknown type {} skipped",
                            partition,
                            record.offset(),
                            newer.unknownType());
                }
            }
        }
    }
}
