// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.RecordTimestamps;
import io.penstock.log.LogMetrics;
import io.penstock.log.LogMetrics.ReadSource;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.segment.SegmentIndex;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Brings the bytes of batches: slices of recent slots without any request, else blocks of WAL objects and
/// segments.
///
/// Called on the log's actor, where its futures complete, too. What is in memory is answered there and then; all
/// else (waiting for the store, putting blocks together, decoding indexes, walking over batches) happens on an actor
/// of its own, so that whoever reads old records costs those who read the newest nothing.
///
/// Futures complete exceptionally with [Vanished] if an object is gone, and with
/// [io.penstock.log.format.CorruptObject] if it is damaged.
public final class BatchReader {
    private static final int MAX_INDEXES = 1024;

    private static final int MAX_PAGES = 64;

    /// A page of a few hundred parts takes some kilobytes.
    private static final int MAX_PAGE_BYTES = BlockCache.BLOCK_BYTES;
    /// What is brought along for a reader that goes from batch to batch.
    private static final int READ_AHEAD_BYTES = 8 << 20;

    /// An object that was to be read is not there (any more): look at a fresh manifest.
    public static final class Vanished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Vanished(ObjectKey key) {
            super(key + " is gone");
        }
    }

    private final LogKeys keys;
    private final Executor actor;
    private final Executor cold;
    private final LogMetrics metrics;

    // On the actor of their own.
    private final BlockCache blocks;
    private final SequentialReaders readTo = new SequentialReaders();
    private final Map<String, SegmentIndex> indexes = recent(MAX_INDEXES);
    private final Map<String, List<Part>> pages = recent(MAX_PAGES);

    /// A map that keeps what was asked for last.
    private static <V> Map<String, V> recent(int max) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        };
    }

    /// @param blocks asks a store whose answers come on `cold`
    /// @param actor the log's
    /// @param cold serial, another one than that
    public BatchReader(BlockCache blocks, LogKeys keys, Executor actor, Executor cold) {
        this.blocks = blocks;
        this.keys = keys;
        this.actor = actor;
        this.cold = cold;
        this.metrics = blocks.metrics();
    }

    private <T> CompletableFuture<T> aside(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        cold.execute(() -> {
            CompletableFuture<T> done;
            try {
                done = work.get();
            } catch (RuntimeException failure) {
                done = CompletableFuture.failedFuture(failure);
            }
            done.whenCompleteAsync(
                    (value, failure) -> {
                        if (failure == null) {
                            result.complete(value);
                        } else {
                            result.completeExceptionally(failure);
                        }
                    },
                    actor);
        });
        return result;
    }

    /// Whole batches from the one that holds `from`, all below `bound`, about `maxBytes` but at least one if
    /// there is any.
    public CompletableFuture<List<ByteBuffer>> read(PartitionSources sources, long from, long bound, int maxBytes) {
        sources.forgetEvicted();
        if (sources.tail().startOffset() <= from) {
            List<TailBatch> chosen = chosen(sources.tail(), from, bound, maxBytes, true);
            if (chosen.stream().allMatch(batch -> batch.slot().inMemory())) {
                return CompletableFuture.completedFuture(
                        chosen.stream().map(this::inMemory).toList());
            }
        }
        // As it is now: what changes meanwhile is found out when an object turns out to be gone.
        PartitionSources asOfNow = sources.copy();
        return aside(() -> {
            List<ByteBuffer> found = new ArrayList<>();
            return more(asOfNow, from, bound, maxBytes, found).thenApply(_ -> found);
        });
    }

    private ByteBuffer inMemory(TailBatch batch) {
        metrics.read(ReadSource.TAIL_CACHE, batch.index().size());
        return Objects.requireNonNull(
                batch.slot().bytes(batch.index().position(), batch.index().size()));
    }

    /// Leading batches of a tail, from the one that holds the offset.
    ///
    /// @param atLeastOne however large it is
    private static List<TailBatch> chosen(TailIndex tail, long from, long bound, int maxBytes, boolean atLeastOne) {
        List<TailBatch> chosen = new ArrayList<>();
        int bytes = 0;
        for (int i = tail.find(from); i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            if (batch.index().lastOffset() >= bound
                    || (bytes + batch.index().size() > maxBytes && !(chosen.isEmpty() && atLeastOne))) {
                break;
            }
            chosen.add(batch);
            bytes += batch.index().size();
        }
        return chosen;
    }

    private CompletableFuture<Void> more(
            PartitionSources sources, long from, long bound, int maxBytes, List<ByteBuffer> found) {
        if (from >= bound || (maxBytes <= 0 && !found.isEmpty())) {
            return done();
        }
        TailIndex tail = sources.tail();
        if (tail.startOffset() <= from) {
            return fromTail(tail, from, bound, maxBytes, found);
        }
        Optional<PageRef> page = sources.findPage(from);
        if (page.isPresent()) {
            return partsOf(page.get()).thenCompose(parts -> fromParts(sources, parts, from, bound, maxBytes, found));
        }
        return fromParts(sources, sources.segments(), from, bound, maxBytes, found);
    }

    private CompletableFuture<Void> fromParts(
            PartitionSources sources, List<Part> parts, long from, long bound, int maxBytes, List<ByteBuffer> found) {
        int number = PartitionSources.find(parts, from);
        if (number == parts.size()) {
            // Cleaning may have left nothing between the segments and the tail.
            TailIndex tail = sources.tail();
            return tail.isEmpty() ? done() : fromTail(tail, tail.startOffset(), bound, maxBytes, found);
        }
        Part part = parts.get(number);
        if (number + 1 < parts.size() && readTo.endsWithin(part, READ_AHEAD_BYTES)) {
            aheadOf(parts.get(number + 1));
        }
        return fromSegment(part, Math.max(from, part.baseOffset()), bound, maxBytes, found)
                .thenCompose(read -> more(sources, read.next, bound, maxBytes - read.bytes, found));
    }

    /// Whoever is about to end a part will begin the next one.
    private void aheadOf(Part next) {
        readTo.reached(next, next.position());
        blocks.ahead(keys.segment(next.segment()), next.position(), Math.min(READ_AHEAD_BYTES, next.size()));
    }

    /// The parts that a page lists.
    public CompletableFuture<List<Part>> page(PageRef page) {
        return aside(() -> partsOf(page));
    }

    private CompletableFuture<List<Part>> partsOf(PageRef page) {
        List<Part> known = pages.get(page.id());
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        ObjectKey key = keys.partsPage(page.id());
        return blocks.read(key, 0, MAX_PAGE_BYTES).thenApply(bytes -> {
            List<Part> parts = PartsPage.decode(page.id(), bytes.orElseThrow(() -> new Vanished(key)))
                    .parts();
            pages.put(page.id(), parts);
            return parts;
        });
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> fromTail(
            TailIndex tail, long from, long bound, int maxBytes, List<ByteBuffer> found) {
        List<TailBatch> chosen = chosen(tail, from, bound, maxBytes, found.isEmpty());
        List<CompletableFuture<ByteBuffer>> all = new ArrayList<>(chosen.size());
        boolean complete = true;
        for (TailBatch batch : chosen) {
            CompletableFuture<ByteBuffer> one = bytesOf(batch);
            complete &= one.isDone();
            all.add(one);
        }
        if (complete) {
            all.forEach(one -> found.add(one.join()));
            return done();
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenAccept(_ -> all.forEach(one -> found.add(one.join())));
    }

    /// The bytes of one batch of a tail.
    public CompletableFuture<ByteBuffer> bytes(TailBatch batch) {
        return batch.slot().inMemory()
                ? CompletableFuture.completedFuture(inMemory(batch))
                : aside(() -> bytesOf(batch));
    }

    private CompletableFuture<ByteBuffer> bytesOf(TailBatch batch) {
        BatchIndex index = batch.index();
        @Nullable ByteBuffer inMemory = batch.slot().bytes(index.position(), index.size());
        if (inMemory != null) {
            metrics.read(ReadSource.TAIL_CACHE, index.size());
            return CompletableFuture.completedFuture(inMemory);
        }
        ObjectKey object = keys.slot(batch.slot().slot());
        return blocks.read(object, index.position(), index.size())
                // Collected while we slept: nothing is there any more, or a late seal.
                .thenApply(bytes -> bytes.filter(there -> there.remaining() == index.size()
                                && BatchHeader.begins(there, 0, index.baseOffset(), index.size()))
                        .orElseThrow(() -> new Vanished(object)));
    }

    private CompletableFuture<ByteBuffer> whole(ObjectKey object, int position, int size) {
        return blocks.read(object, position, size).thenApply(bytes -> {
            ByteBuffer there = bytes.orElseThrow(() -> new Vanished(object));
            if (there.remaining() < size) {
                throw new CorruptObject(
                        object.value(), "ends before the " + size + " bytes at " + position + " that belong there");
            }
            return there;
        });
    }

    private record Progress(long next, int bytes) {}

    private CompletableFuture<Progress> fromSegment(
            Part part, long from, long bound, int maxBytes, List<ByteBuffer> found) {
        return index(part).thenCompose(index -> walk(part, index.positionFor(from), from, bound, maxBytes, found));
    }

    /// Reads a stretch of the segment and walks over its batches.
    private CompletableFuture<Progress> walk(
            Part part, int position, long from, long bound, int maxBytes, List<ByteBuffer> found) {
        ObjectKey object = keys.segment(part.segment());
        int end = part.position() + part.size();
        int stretch = (int) Math.min(end - position, Math.max(0L, maxBytes) + BlockCache.BLOCK_BYTES);
        if (readTo.isNear(part, position) && position + stretch < end) {
            blocks.ahead(object, position + stretch, Math.min(READ_AHEAD_BYTES, end - position - stretch));
        }
        return whole(object, position, stretch).thenCompose(bytes -> {
            int at = 0;
            int taken = 0;
            long next = from;
            while (at + BatchHeader.LENGTH_OVERHEAD <= bytes.limit()) {
                int size = BatchHeader.sizeAt(bytes, at);
                if (size < BatchHeader.SIZE || position + at + size > end) {
                    throw new CorruptObject(object.value(), "a batch of " + size + " bytes at " + (position + at));
                }
                if (at + size > bytes.limit()) {
                    break;
                }
                BatchHeader header = BatchHeader.at(bytes, at);
                if (header.lastOffset() >= bound || (taken + size > maxBytes && !found.isEmpty())) {
                    readTo.reached(part, position + at);
                    return CompletableFuture.completedFuture(new Progress(bound, taken));
                }
                if (header.lastOffset() >= from) {
                    found.add(bytes.slice(at, size));
                    taken += size;
                    next = header.lastOffset() + 1;
                }
                at += size;
            }
            if (position + at == end) {
                return CompletableFuture.completedFuture(new Progress(part.lastOffset() + 1, taken));
            }
            if (at > 0) {
                int takenHere = taken;
                return walk(part, position + at, next, bound, maxBytes - taken, found)
                        .thenApply(rest -> new Progress(rest.next, takenHere + rest.bytes));
            }
            // One batch that is larger than the stretch.
            int size = bytes.limit() < BatchHeader.LENGTH_OVERHEAD ? stretch : BatchHeader.sizeAt(bytes, 0);
            return walk(part, position, from, bound, Math.max(maxBytes, size), found);
        });
    }

    private CompletableFuture<SegmentIndex> index(Part part) {
        String id = part.segment() + "@" + part.indexPosition();
        SegmentIndex known = indexes.get(id);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return whole(keys.segment(part.segment()), part.indexPosition(), part.indexSize())
                .thenApply(bytes -> {
                    SegmentIndex index = SegmentIndex.decode(part.segment(), bytes);
                    indexes.put(id, index);
                    return index;
                });
    }

    /// The first batch of the segment with a timestamp at or after the one given, at or above `from`.
    public CompletableFuture<Optional<ByteBuffer>> firstInSegment(Part part, long timestamp, long from) {
        return aside(() -> index(part).thenCompose(index -> {
            OptionalInt position = index.positionForTimestamp(timestamp);
            if (position.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            int start = Math.max(position.getAsInt(), index.positionFor(from));
            return scan(part, start, timestamp, from);
        }));
    }

    /// The largest timestamp of the part's records at or above `from`; empty if there is none. Reads what
    /// lies around
    /// that offset, and the index for all the rest.
    public CompletableFuture<OptionalLong> largestTimestamp(Part part, long from) {
        return aside(() -> index(part).thenCompose(index -> {
            int start = index.positionFor(from);
            OptionalInt next = index.positionAfter(start);
            int end = next.orElse(part.position() + part.size());
            OptionalLong behind = next.isPresent() ? index.largestTimestampFrom(end) : OptionalLong.empty();
            return whole(keys.segment(part.segment()), start, end - start).thenApply(bytes -> {
                OptionalLong here = RecordTimestamps.largest(bytes, from);
                return here.isPresent() && behind.isPresent()
                        ? OptionalLong.of(Math.max(here.getAsLong(), behind.getAsLong()))
                        : here.isPresent() ? here : behind;
            });
        }));
    }

    private CompletableFuture<Optional<ByteBuffer>> scan(Part part, int position, long timestamp, long from) {
        if (position >= part.position() + part.size()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        ObjectKey object = keys.segment(part.segment());
        int stretch = Math.min(BlockCache.BLOCK_BYTES, part.position() + part.size() - position);
        return whole(object, position, stretch).thenCompose(bytes -> {
            int at = 0;
            while (at + BatchHeader.SIZE <= bytes.limit()) {
                int size = BatchHeader.sizeAt(bytes, at);
                if (size < BatchHeader.SIZE) {
                    throw new CorruptObject(object.value(), "a batch of " + size + " bytes at " + (position + at));
                }
                if (at + size > bytes.limit()) {
                    if (at == 0) {
                        return whole(object, position, size)
                                .thenCompose(batch -> matches(batch, 0, timestamp, from)
                                        ? CompletableFuture.completedFuture(Optional.of(batch))
                                        : scan(part, position + size, timestamp, from));
                    }
                    break;
                }
                if (matches(bytes, at, timestamp, from)) {
                    return CompletableFuture.completedFuture(Optional.of(bytes.slice(at, size)));
                }
                at += size;
            }
            return scan(part, position + Math.max(at, 1), timestamp, from);
        });
    }

    private static boolean matches(ByteBuffer bytes, int at, long timestamp, long from) {
        BatchHeader header = BatchHeader.at(bytes, at);
        return header.maxTimestamp() >= timestamp && header.lastOffset() >= from;
    }
}
