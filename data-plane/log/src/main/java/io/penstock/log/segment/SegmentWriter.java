// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.read.BatchReader;
import io.penstock.log.read.TailBatch;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Copies batches into new segments and puts these, as often as it takes.
///
/// Small partitions share a segment; a big one begins its own. On the actor, and in short turns: appends come
/// between.
public final class SegmentWriter {
    /// A partition with so much to fold gets a segment of its own.
    private static final int OWN_SEGMENT_BYTES = 16 << 20;

    /// A segment is ended when it holds so much: what one folding keeps in memory.
    private static final int MAX_SEGMENT_BYTES = 32 << 20;

    /// Copied in one turn of the actor: well below a millisecond.
    private static final int BYTES_PER_TURN = 1 << 20;

    private final PatientStore store;
    private final LogKeys keys;
    private final BatchReader reader;
    private final Executor actor;

    public SegmentWriter(PatientStore store, LogKeys keys, BatchReader reader, Executor actor) {
        this.store = store;
        this.keys = keys;
        this.reader = reader;
        this.actor = actor;
    }

    /// @param partitions what to copy, each partition's batches in offset order and without gaps
    /// @param ids new, never used ids of objects
    /// @return per partition its new parts, in offset order, once all segments are stored
    public CompletableFuture<Map<TopicPartitionId, List<Part>>> write(
            Map<TopicPartitionId, List<TailBatch>> partitions, Supplier<String> ids) {
        Run run = new Run(partitions, ids);
        run.step();
        return run.done;
    }

    private final class Run {
        final CompletableFuture<Map<TopicPartitionId, List<Part>>> done = new CompletableFuture<>();
        private final Map<TopicPartitionId, List<Part>> parts = new TreeMap<>();
        private final List<TailBatch> batches = new ArrayList<>();
        private final Supplier<String> ids;
        private final Map<TopicPartitionId, Long> sizes = new TreeMap<>();
        private SegmentLayout.@Nullable Builder builder;
        private @Nullable TopicPartitionId current;
        private long left;
        private int next;

        Run(Map<TopicPartitionId, List<TailBatch>> partitions, Supplier<String> ids) {
            this.ids = ids;
            partitions.forEach((partition, ofPartition) -> {
                batches.addAll(ofPartition);
                long size =
                        ofPartition.stream().mapToLong(b -> b.index().size()).sum();
                sizes.put(partition, size);
                left += size;
            });
        }

        void step() {
            int copied = 0;
            while (next < batches.size()) {
                TailBatch batch = batches.get(next);
                if (builder != null && endsBefore(builder, batch)) {
                    put(builder);
                    return;
                }
                CompletableFuture<ByteBuffer> bytes = reader.bytes(batch);
                if (bytes.isDone() && !bytes.isCompletedExceptionally() && copied < BYTES_PER_TURN) {
                    copied += batch.index().size();
                    add(batch, bytes.join());
                } else {
                    bytes.whenCompleteAsync(
                            (read, failure) -> {
                                if (failure != null) {
                                    done.completeExceptionally(failure);
                                } else {
                                    add(batch, read);
                                    step();
                                }
                            },
                            actor);
                    return;
                }
            }
            if (builder != null) {
                put(builder);
            } else {
                done.complete(parts);
            }
        }

        private boolean endsBefore(SegmentLayout.Builder building, TailBatch batch) {
            TopicPartitionId partition = batch.index().topicPartition();
            if (building.isEmpty()) {
                return false;
            }
            boolean another = !partition.equals(current);
            return building.size() + batch.index().size() > MAX_SEGMENT_BYTES
                    || (another && sizes.getOrDefault(partition, 0L) >= OWN_SEGMENT_BYTES)
                    || (another && current != null && sizes.getOrDefault(current, 0L) >= OWN_SEGMENT_BYTES);
        }

        private void add(TailBatch batch, ByteBuffer bytes) {
            SegmentLayout.Builder building = builder;
            if (building == null) {
                building = new SegmentLayout.Builder(ids.get(), (int) Math.min(left, MAX_SEGMENT_BYTES));
                builder = building;
            }
            building.add(batch.index(), bytes);
            current = batch.index().topicPartition();
            left -= batch.index().size();
            next++;
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

    /// Puts an object under a key that nobody else uses: a refusal means that an earlier attempt of ours arrived.
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
