// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.InvalidBatch;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.read.BackgroundReads;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Copies batches into new segments and puts these, as often as it takes.
///
/// Small partitions share a segment; a big one begins its own. What is not in memory is read first, in
/// portions that fit there; each batch's CRC is checked before it is copied, so that damage is found here
/// and not handed on. On the actor, and in short turns: appends come between.
public final class SegmentWriter {
    /// A partition with so much to copy gets a segment of its own.
    public static final int OWN_SEGMENT_BYTES = 16 << 20;

    /// A segment is ended when it holds so much.
    public static final int MAX_SEGMENT_BYTES = 32 << 20;

    /// What is read, and kept in memory, before it is copied.
    private static final long PORTION_BYTES = 64 << 20;

    /// Copied in one turn of the actor: well below a millisecond.
    private static final int BYTES_PER_TURN = 1 << 20;

    private final PatientStore store;
    private final LogKeys keys;
    private final BackgroundReads reads;
    private final Executor actor;

    public SegmentWriter(PatientStore store, LogKeys keys, BackgroundReads reads, Executor actor) {
        this.store = store;
        this.keys = keys;
        this.reads = reads;
        this.actor = actor;
    }

    /// Whole batches of one partition, one behind the other.
    ///
    /// @param piece where they lie in the store
    /// @param inMemory the same bytes, as long as they are in memory
    public record Source(
            TopicPartitionId partition, BackgroundReads.Piece piece, Supplier<Optional<ByteBuffer>> inMemory) {}

    /// @param sources what to copy: each partition's batches in offset order and without gaps
    /// @param ids new, never used ids of objects
    /// @return per partition its new parts, in offset order, once all segments are stored; completes
    /// exceptionally with [CorruptObject] or [io.penstock.log.read.BatchReader.Vanished]
    public CompletableFuture<Map<TopicPartitionId, List<Part>>> write(List<Source> sources, Supplier<String> ids) {
        Map<TopicPartitionId, List<Part>> parts = new TreeMap<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (List<Source> portion : portions(sources)) {
            all = all.thenCompose(_ -> bytes(portion)).thenCompose(bytes -> {
                Run run = new Run(portion, bytes, parts, ids);
                run.step();
                return run.done;
            });
        }
        return all.thenApply(_ -> parts);
    }

    private static List<List<Source>> portions(List<Source> sources) {
        List<List<Source>> portions = new ArrayList<>();
        List<Source> portion = new ArrayList<>();
        long bytes = 0;
        for (Source source : sources) {
            if (bytes + source.piece().size() > PORTION_BYTES && !portion.isEmpty()) {
                portions.add(portion);
                portion = new ArrayList<>();
                bytes = 0;
            }
            portion.add(source);
            bytes += source.piece().size();
        }
        if (!portion.isEmpty()) {
            portions.add(portion);
        }
        portions.forEach(one -> one.sort(Comparator.comparing(Source::partition)));
        return portions;
    }

    private CompletableFuture<List<ByteBuffer>> bytes(List<Source> portion) {
        List<@Nullable ByteBuffer> bytes = new ArrayList<>();
        List<BackgroundReads.Piece> missing = new ArrayList<>();
        for (Source source : portion) {
            ByteBuffer inMemory = source.inMemory().get().orElse(null);
            bytes.add(inMemory);
            if (inMemory == null) {
                missing.add(source.piece());
            }
        }
        return reads.read(missing).thenApply(read -> {
            ArrayDeque<ByteBuffer> rest = new ArrayDeque<>(read);
            List<ByteBuffer> all = new ArrayList<>(bytes.size());
            for (ByteBuffer one : bytes) {
                all.add(one == null ? rest.removeFirst() : one);
            }
            return all;
        });
    }

    private final class Run {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        private final List<Source> sources;
        private final List<ByteBuffer> bytes;
        private final Map<TopicPartitionId, List<Part>> parts;
        private final Supplier<String> ids;
        private final Map<TopicPartitionId, Long> sizes = new HashMap<>();
        private SegmentLayout.@Nullable Builder builder;
        private @Nullable TopicPartitionId current;
        private long left;
        private int next;
        private int position;

        Run(
                List<Source> sources,
                List<ByteBuffer> bytes,
                Map<TopicPartitionId, List<Part>> parts,
                Supplier<String> ids) {
            this.sources = sources;
            this.bytes = bytes;
            this.parts = parts;
            this.ids = ids;
            for (Source source : sources) {
                sizes.merge(source.partition(), (long) source.piece().size(), Long::sum);
                left += source.piece().size();
            }
        }

        void step() {
            try {
                copy();
            } catch (RuntimeException failure) {
                done.completeExceptionally(failure);
            }
        }

        private void copy() {
            int copied = 0;
            while (next < sources.size()) {
                Source source = sources.get(next);
                ByteBuffer from = bytes.get(next);
                if (position == from.limit()) {
                    next++;
                    position = 0;
                    continue;
                }
                BatchHeader header = header(source, from);
                if (builder != null && endsBefore(builder, source.partition(), header.sizeInBytes())) {
                    put(builder);
                    return;
                }
                if (copied >= BYTES_PER_TURN) {
                    actor.execute(this::step);
                    return;
                }
                copied += header.sizeInBytes();
                add(source, header, from);
            }
            if (builder != null) {
                put(builder);
            } else {
                done.complete(null);
            }
        }

        private BatchHeader header(Source source, ByteBuffer from) {
            try {
                return BatchHeader.at(from, position);
            } catch (InvalidBatch invalid) {
                throw new CorruptObject(source.piece().object().value(), String.valueOf(invalid.getMessage()));
            }
        }

        private boolean endsBefore(SegmentLayout.Builder building, TopicPartitionId partition, int size) {
            if (building.isEmpty()) {
                return false;
            }
            boolean another = !partition.equals(current);
            return building.size() + size > MAX_SEGMENT_BYTES
                    || (another && sizes.getOrDefault(partition, 0L) >= OWN_SEGMENT_BYTES)
                    || (another && current != null && sizes.getOrDefault(current, 0L) >= OWN_SEGMENT_BYTES);
        }

        private void add(Source source, BatchHeader header, ByteBuffer from) {
            TopicPartitionId partition = source.partition();
            SegmentLayout.Builder building = builder;
            if (building == null) {
                building = new SegmentLayout.Builder(ids.get(), (int) Math.min(left, MAX_SEGMENT_BYTES));
                builder = building;
            }
            if (!building.addChecked(partition, header, from)) {
                throw new CorruptObject(
                        source.piece().object().value(),
                        "the CRC of the batch at offset " + header.baseOffset() + " of " + partition + " is wrong");
            }
            current = partition;
            left -= header.sizeInBytes();
            position += header.sizeInBytes();
        }

        private void put(SegmentLayout.Builder building) {
            SegmentLayout.Built built = building.build();
            builder = null;
            current = null;
            putNew(keys.segment(built.id()), built.bytes()).thenRun(() -> {
                built.parts()
                        .forEach((partition, part) -> parts.computeIfAbsent(partition, _ -> new ArrayList<>())
                                .add(part));
                step();
            });
        }
    }

    /// Puts an object under a key that nobody else uses: a refusal means that an earlier attempt of ours
    /// arrived.
    public CompletableFuture<Void> putNew(ObjectKey key, ByteBuffer bytes) {
        return putNew(key, bytes, 1);
    }

    private CompletableFuture<Void> putNew(ObjectKey key, ByteBuffer bytes, int attempt) {
        return store.put(key, bytes, PutCondition.ifAbsent()).thenCompose(outcome -> switch (outcome) {
            case PutOutcome.Stored _, PutOutcome.Refused _ -> CompletableFuture.completedFuture(null);
            case PutOutcome.Unknown _ -> store.pause(attempt).thenCompose(_ -> putNew(key, bytes, attempt + 1));
        });
    }
}
