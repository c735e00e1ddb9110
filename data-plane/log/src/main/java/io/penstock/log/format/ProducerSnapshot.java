// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// The producers of a shard's partitions, each partition as of an end offset of its own. Write-once.
public record ProducerSnapshot(ShardId shard, String id, SortedMap<TopicPartitionId, Producers> partitions) {
    public ProducerSnapshot {
        partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
    }

    /// @param endOffset everything below it, and nothing else, has made this state
    public record Producers(long endOffset, List<ProducerEntry> entries, List<AbortedTransaction> aborted) {
        public Producers {
            entries = List.copyOf(entries);
            aborted = List.copyOf(aborted);
        }
    }

    public ByteBuffer encode() {
        FieldWriter identity = new FieldWriter().i32(shard.number()).text(id);
        FieldWriter body = new FieldWriter(4096).i32(partitions.size());
        partitions.forEach((partition, producers) -> {
            body.topicPartition(partition)
                    .i64(producers.endOffset())
                    .i32(producers.entries().size());
            producers.entries().forEach(entry -> write(entry, body));
            body.i32(producers.aborted().size());
            for (AbortedTransaction transaction : producers.aborted()) {
                body.i64(transaction.producerId())
                        .i64(transaction.firstOffset())
                        .i64(transaction.lastOffset())
                        .i64(transaction.lastStableOffset());
            }
        });
        return Sections.write(Magic.PRODUCER_SNAPSHOT, List.of(identity, body));
    }

    private static void write(ProducerEntry entry, FieldWriter out) {
        out.i64(entry.producerId())
                .i16(entry.producerEpoch())
                .i32(entry.coordinatorEpoch())
                .i64(entry.lastTimestamp())
                .i64(entry.transactionStart().orElse(-1))
                .i32(entry.batches().size());
        for (ProducerEntry.AppendedBatch batch : entry.batches()) {
            out.i32(batch.lastSequence())
                    .i64(batch.lastOffset())
                    .i32(batch.offsetDelta())
                    .i64(batch.timestamp());
        }
    }

    /// @throws CorruptObject if it is damaged, or another one
    public static ProducerSnapshot decode(ShardId shard, String id, ByteBuffer bytes) {
        String object = "producer snapshot " + id;
        Sections.Read read = Sections.read(Magic.PRODUCER_SNAPSHOT, bytes, object, 2);
        FieldReader identity = read.section(0);
        ShardId ownShard = identity.shard();
        String ownId = identity.text();
        if (!ownShard.equals(shard) || !ownId.equals(id)) {
            throw identity.corrupt("holds the producer snapshot " + ownId + " of shard " + ownShard);
        }
        identity.end();
        FieldReader body = read.section(1);
        SortedMap<TopicPartitionId, Producers> partitions = new TreeMap<>();
        for (int left = body.count(36); left > 0; left--) {
            TopicPartitionId partition = body.topicPartition();
            long endOffset = body.i64();
            List<ProducerEntry> entries = new ArrayList<>();
            for (int more = body.count(34); more > 0; more--) {
                entries.add(readEntry(body));
            }
            List<AbortedTransaction> aborted = new ArrayList<>();
            for (int more = body.count(32); more > 0; more--) {
                aborted.add(new AbortedTransaction(body.i64(), body.i64(), body.i64(), body.i64()));
            }
            partitions.put(partition, new Producers(endOffset, entries, aborted));
        }
        body.end();
        return new ProducerSnapshot(shard, id, partitions);
    }

    private static ProducerEntry readEntry(FieldReader in) {
        long producerId = in.i64();
        short producerEpoch = in.i16();
        int coordinatorEpoch = in.i32();
        long lastTimestamp = in.i64();
        long start = in.i64();
        List<ProducerEntry.AppendedBatch> batches = new ArrayList<>();
        for (int left = in.count(24); left > 0; left--) {
            batches.add(new ProducerEntry.AppendedBatch(in.i32(), in.i64(), in.i32(), in.i64()));
        }
        return new ProducerEntry(
                producerId,
                producerEpoch,
                coordinatorEpoch,
                lastTimestamp,
                start < 0 ? OptionalLong.empty() : OptionalLong.of(start),
                batches);
    }
}
