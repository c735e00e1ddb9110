// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.LogMetrics;
import io.penstock.log.LogMetrics.ReadSource;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Parts of immutable objects, read from the store in aligned blocks and kept up to a bound, the least
/// recently used
/// leaving first. Who asks for a block that is on its way waits for the same answer.
///
/// On the actor.
public final class BlockCache {
    /// Large enough that a catch-up read is a few requests, small enough that a lookup does not fetch
    /// megabytes.
    static final int BLOCK_BYTES = 512 << 10;

    private static final int MAX_BYTES_PER_GET = 8 << 20;

    private record BlockId(ObjectKey object, long number) {}

    private static final class Block {
        final CompletableFuture<Optional<Stretch>> bytes = new CompletableFuture<>();
        int size;
        /// Brought along for a reader who has not come yet.
        boolean unread;
    }

    /// What one request brought; itself, whatever is in it.
    private static final class Answer {
        final ByteBuffer bytes;

        Answer(ByteBuffer bytes) {
            this.bytes = bytes;
        }
    }

    /// A block's bytes where they lie in what the store answered.
    private record Stretch(Answer answer, int from, int size) {
        ByteBuffer part(int skip, int atMost) {
            int start = Math.min(skip, size);
            return answer.bytes.slice(from + start, Math.min(atMost, size - start));
        }
    }

    private final PatientStore store;
    private final LogMetrics metrics;
    private final long maxBytes;
    private final LinkedHashMap<BlockId, Block> blocks = new LinkedHashMap<>(64, 0.75f, true);
    private final CatchUpBudget budget;
    private long cachedBytes;
    private int unreadBlocks;

    /// @param maxBytes what is kept
    /// @param maxBytesUnderWay what may be asked of the store at once
    public BlockCache(PatientStore store, long maxBytes, long maxBytesUnderWay) {
        this.store = store;
        this.metrics = store.metrics();
        this.maxBytes = maxBytes;
        this.budget = new CatchUpBudget(maxBytesUnderWay);
    }

    /// Has a part of the object brought, if the store is not busy with what readers wait for; nobody waits for
    /// it. Does nothing unless at least half of it is missing: small requests are not worth it. What was brought
    /// and not read yet never fills more than half of the cache: many readers would drive out each other's.
    public void ahead(ObjectKey object, long position, int size) {
        long first = position / BLOCK_BYTES;
        long last = (position + size - 1) / BLOCK_BYTES;
        while (first <= last && blocks.containsKey(new BlockId(object, first))) {
            first++;
        }
        long missing = (last - first + 1) * BLOCK_BYTES;
        boolean room = 2 * ((long) unreadBlocks * BLOCK_BYTES + missing) <= maxBytes;
        if (2 * missing >= size && room && budget.isHalfFree()) {
            demand(object, first, last).forEach(block -> {
                block.unread = true;
                unreadBlocks++;
            });
        }
    }

    LogMetrics metrics() {
        return metrics;
    }

    /// A part of the object, read-only; shorter if the object ends before it.
    ///
    /// @return empty if the object is not there; completes on the actor once the store has answered
    public CompletableFuture<Optional<ByteBuffer>> read(ObjectKey object, long position, int size) {
        if (size == 0) {
            return CompletableFuture.completedFuture(Optional.of(ByteBuffer.allocate(0)));
        }
        long firstBlock = position / BLOCK_BYTES;
        long lastBlock = (position + size - 1) / BLOCK_BYTES;
        for (long number = firstBlock; number <= lastBlock; number++) {
            Block block = blocks.get(new BlockId(object, number));
            int part = (int)
                    (Math.min(position + size, (number + 1) * BLOCK_BYTES) - Math.max(position, number * BLOCK_BYTES));
            metrics.read(block == null ? ReadSource.STORE : ReadSource.BLOCK_CACHE, part);
            if (block != null) {
                wasRead(block);
            }
        }
        List<Block> needed = demand(object, firstBlock, lastBlock);
        CompletableFuture<?>[] all = needed.stream().map(block -> block.bytes).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all).thenApply(_ -> join(needed, (int) (position % BLOCK_BYTES), size));
    }

    private void wasRead(Block block) {
        if (block.unread) {
            block.unread = false;
            unreadBlocks--;
        }
    }

    /// The blocks, those that are missing asked for by requests as large as may be.
    private List<Block> demand(ObjectKey object, long firstBlock, long lastBlock) {
        List<Block> needed = new ArrayList<>();
        long missingFrom = -1;
        for (long number = firstBlock; number <= lastBlock; number++) {
            BlockId id = new BlockId(object, number);
            Block block = blocks.get(id);
            if (block == null) {
                block = new Block();
                blocks.put(id, block);
                missingFrom = missingFrom < 0 ? number : missingFrom;
                if ((number - missingFrom + 1) * BLOCK_BYTES >= MAX_BYTES_PER_GET) {
                    fetch(object, missingFrom, number);
                    missingFrom = -1;
                }
            } else if (missingFrom >= 0) {
                fetch(object, missingFrom, number - 1);
                missingFrom = -1;
            }
            needed.add(block);
        }
        if (missingFrom >= 0) {
            fetch(object, missingFrom, lastBlock);
        }
        return needed;
    }

    private void fetch(ObjectKey object, long first, long last) {
        List<BlockId> ids = new ArrayList<>();
        List<Block> wanted = new ArrayList<>();
        for (long number = first; number <= last; number++) {
            BlockId id = new BlockId(object, number);
            Block block = blocks.get(id);
            if (block != null) {
                ids.add(id);
                wanted.add(block);
            }
        }
        long start = first * BLOCK_BYTES;
        long size = (last - first + 1) * BLOCK_BYTES;
        budget.run(
                size,
                () -> store.get(object, new ByteRange(start, size)).thenAccept(answer -> {
                    budget.done(size);
                    arrived(ids, wanted, answer);
                }));
    }

    private void arrived(List<BlockId> ids, List<Block> wanted, Optional<GetOutcome.Found> answer) {
        Optional<Answer> brought = answer.map(found -> new Answer(found.bytes()));
        for (int i = 0; i < wanted.size(); i++) {
            Block block = wanted.get(i);
            if (brought.isEmpty()) {
                blocks.remove(ids.get(i), block);
                wasRead(block);
                block.bytes.complete(Optional.empty());
                continue;
            }
            ByteBuffer all = brought.get().bytes;
            int from = Math.min(i * BLOCK_BYTES, all.remaining());
            int size = Math.min(BLOCK_BYTES, all.remaining() - from);
            if (blocks.get(ids.get(i)) == block) {
                block.size = size;
                cachedBytes += size;
            }
            block.bytes.complete(Optional.of(new Stretch(brought.get(), all.position() + from, size)));
        }
        evict();
    }

    private void evict() {
        var oldest = blocks.entrySet().iterator();
        while (cachedBytes > maxBytes && oldest.hasNext()) {
            Map.Entry<BlockId, Block> entry = oldest.next();
            if (entry.getValue().bytes.isDone()) {
                cachedBytes -= entry.getValue().size;
                wasRead(entry.getValue());
                oldest.remove();
            }
        }
    }

    /// Without a copy where the blocks came in one answer.
    private static Optional<ByteBuffer> join(List<Block> blocks, int from, int size) {
        List<Stretch> stretches = new ArrayList<>(blocks.size());
        for (Block block : blocks) {
            Optional<Stretch> stretch = block.bytes.join();
            if (stretch.isEmpty()) {
                return Optional.empty();
            }
            stretches.add(stretch.get());
        }
        Stretch first = stretches.getFirst();
        Stretch last = stretches.getLast();
        if (first.answer == last.answer) {
            int all = last.from + last.size - first.from;
            return Optional.of(new Stretch(first.answer, first.from, all).part(from, size));
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        int skip = from;
        for (Stretch stretch : stretches) {
            joined.put(stretch.part(skip, joined.remaining()));
            skip = 0;
        }
        return Optional.of(joined.flip().asReadOnlyBuffer());
    }
}
