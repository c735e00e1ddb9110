// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.kafka.cleaning.KeyOffsets;
import io.penstock.kafka.cleaning.RecordCleaning;
import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.read.BatchReader;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Cleans one partition by key: reads what was never cleaned to learn its keys, then rewrites the partition
/// from its
/// beginning into new segments.
///
/// In bounded memory: the keys' map, some megabytes of what is read, one segment of what is written. Works
/// where its
/// store answers: on an actor of its own, so that decompressing never delays the log.
public final class SegmentCleaning {
    /// What the map of keys may take: the last offsets of some 600,000 keys. More keys take more rounds.
    private static final int MAX_KEY_BYTES = 16 << 20;

    private static final int BYTES_PER_READ = 4 << 20;
    private static final int SEGMENT_BYTES = 32 << 20;

    private final PatientStore store;
    private final LogKeys keys;
    private final TopicPartitionId partition;
    private final Supplier<String> ids;
    private final List<Part> written = new ArrayList<>();
    private SegmentLayout.@Nullable Builder builder;

    /// @param store whose answers come on the actor that is to do the work
    /// @param ids new, never used ids of objects
    public SegmentCleaning(PatientStore store, LogKeys keys, TopicPartitionId partition, Supplier<String> ids) {
        this.store = store;
        this.keys = keys;
        this.partition = partition;
        this.ids = ids;
    }

    /// @param parts what stands for the cleaned parts, in offset order; stored
    /// @param replaced of the given parts the first so many
    /// @param end one beyond the last offset that was cleaned
    public record Cleaned(List<Part> parts, int replaced, long end, RecordCleaning.Counts counts) {}

    /// @param parts the partition from its beginning, in offset order
    /// @param from offsets below it were cleaned before
    /// @param dirtyRecords how many there may be at and above it
    /// @param aborted transactions of the partition
    /// @return completes exceptionally with [BatchReader.Vanished] if an object is gone, and with
    /// [CorruptObject] if it
    /// is damaged
    public CompletableFuture<Cleaned> clean(
            List<Part> parts,
            long from,
            long dirtyRecords,
            List<AbortedTransaction> aborted,
            long nowMillis,
            long deleteRetentionMillis) {
        KeyOffsets lastOffsets = new KeyOffsets(dirtyRecords, MAX_KEY_BYTES, aborted);
        List<Part> dirty =
                parts.stream().filter(part -> part.lastOffset() >= from).toList();
        return scan(dirty, batch -> {
                    return CompletableFuture.completedFuture(lastOffsets.add(batch, from));
                })
                .thenCompose(_ -> {
                    List<Part> known = parts.stream()
                            .filter(part -> part.baseOffset() < lastOffsets.end())
                            .toList();
                    RecordCleaning cleaning =
                            new RecordCleaning(lastOffsets, aborted, nowMillis, deleteRetentionMillis);
                    return scan(known, batch -> {
                                cleaning.clean(batch).ifPresent(this::add);
                                return endIfFull();
                            })
                            .thenCompose(_ -> end())
                            .thenApply(_ -> cleaned(known, lastOffsets.end(), cleaning.counts()));
                });
    }

    /// Records in = records out + dropped by a named rule.
    private Cleaned cleaned(List<Part> known, long end, RecordCleaning.Counts counts) {
        long in = known.stream().mapToLong(Part::records).sum();
        long out = written.stream().mapToLong(Part::records).sum();
        if (!counts.addUp() || counts.in() != in || counts.kept() != out) {
            throw new IllegalStateException(
                    partition + ": " + in + " records of " + known + " became " + out + ": " + counts);
        }
        return new Cleaned(List.copyOf(written), known.size(), end, counts);
    }

    // Reading

    /// @param each takes a batch, and says whether to go on
    private CompletableFuture<Boolean> scan(List<Part> parts, Function<ByteBuffer, CompletableFuture<Boolean>> each) {
        return scan(parts.iterator(), each);
    }

    private CompletableFuture<Boolean> scan(
            Iterator<Part> parts, Function<ByteBuffer, CompletableFuture<Boolean>> each) {
        if (!parts.hasNext()) {
            return CompletableFuture.completedFuture(true);
        }
        Part part = parts.next();
        return scan(part, part.position(), BYTES_PER_READ, each)
                .thenCompose(goOn -> goOn ? scan(parts, each) : CompletableFuture.completedFuture(false));
    }

    private CompletableFuture<Boolean> scan(
            Part part, int position, int wanted, Function<ByteBuffer, CompletableFuture<Boolean>> each) {
        int end = part.position() + part.size();
        if (position == end) {
            return CompletableFuture.completedFuture(true);
        }
        ObjectKey object = keys.segment(part.segment());
        int size = Math.min(wanted, end - position);
        return store.get(object, new ByteRange(position, size)).thenCompose(answer -> {
            ByteBuffer bytes = answer.orElseThrow(() -> new BatchReader.Vanished(object))
                    .bytes()
                    .slice();
            if (bytes.remaining() < size) {
                throw new CorruptObject(object.value(), "ends before " + end);
            }
            return batches(object, position, end, bytes, 0, each).thenCompose(reached -> {
                if (reached < 0) {
                    return CompletableFuture.completedFuture(false);
                }
                return reached > 0
                        ? scan(part, position + reached, BYTES_PER_READ, each)
                        : scan(part, position, BatchHeader.sizeAt(bytes, 0), each);
            });
        });
    }

    /// @return how far the whole batches reach; −1 if nothing more is wanted
    private static CompletableFuture<Integer> batches(
            ObjectKey object,
            int position,
            int end,
            ByteBuffer bytes,
            int from,
            Function<ByteBuffer, CompletableFuture<Boolean>> each) {
        int at = from;
        while (at + BatchHeader.SIZE <= bytes.limit()) {
            int size = BatchHeader.sizeAt(bytes, at);
            if (size < BatchHeader.SIZE || position + at + size > end) {
                throw new CorruptObject(object.value(), "a batch of " + size + " bytes at " + (position + at));
            }
            if (at + size > bytes.limit()) {
                break;
            }
            CompletableFuture<Boolean> goOn = each.apply(bytes.slice(at, size));
            int next = at + size;
            if (!goOn.isDone() || goOn.isCompletedExceptionally()) {
                return goOn.thenCompose(yes -> yes
                        ? batches(object, position, end, bytes, next, each)
                        : CompletableFuture.completedFuture(-1));
            }
            if (!goOn.join()) {
                return CompletableFuture.completedFuture(-1);
            }
            at = next;
        }
        return CompletableFuture.completedFuture(at);
    }

    // Writing

    private void add(ByteBuffer batch) {
        SegmentLayout.Builder building = builder;
        if (building == null) {
            building = new SegmentLayout.Builder(ids.get(), BYTES_PER_READ);
            builder = building;
        }
        BatchHeader header = BatchHeader.at(batch, batch.position());
        building.add(
                partition,
                header.baseOffset(),
                header.lastOffset(),
                header.recordCount(),
                header.maxTimestamp(),
                batch);
    }

    private CompletableFuture<Boolean> endIfFull() {
        SegmentLayout.Builder building = builder;
        return building == null || building.size() < SEGMENT_BYTES ? CompletableFuture.completedFuture(true) : end();
    }

    private CompletableFuture<Boolean> end() {
        SegmentLayout.Builder building = builder;
        if (building == null) {
            return CompletableFuture.completedFuture(true);
        }
        builder = null;
        SegmentLayout.Built built = building.build();
        return put(keys.segment(built.id()), built.bytes(), 1).thenApply(_ -> {
            written.addAll(built.parts().values());
            return true;
        });
    }

    /// Nobody else uses the key: a refusal means that an earlier attempt of ours arrived.
    private CompletableFuture<Void> put(ObjectKey key, ByteBuffer bytes, int attempt) {
        return store.put(key, bytes, PutCondition.ifAbsent()).thenCompose(outcome -> switch (outcome) {
            case PutOutcome.Stored _, PutOutcome.Refused _ -> CompletableFuture.completedFuture(null);
            case PutOutcome.Unknown _ -> store.pause(attempt).thenCompose(_ -> put(key, bytes, attempt + 1));
        });
    }
}
