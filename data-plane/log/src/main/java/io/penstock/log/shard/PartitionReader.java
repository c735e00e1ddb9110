// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.RecordTimestamps;
import io.penstock.log.Isolation;
import io.penstock.log.LogRuntime;
import io.penstock.log.OffsetLookup;
import io.penstock.log.ReadOutcome;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.read.BatchReader;
import io.penstock.log.read.TailBatch;
import io.penstock.log.read.TailIndex;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/// Answers what clients ask of one partition, never beyond the high watermark or the last stable offset.
final class PartitionReader {
    /// A client's request waits no longer for a store that does not answer.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BatchReader batches;
    private final LogRuntime runtime;
    private final Executor actor;

    PartitionReader(BatchReader batches, LogRuntime runtime, Executor actor) {
        this.batches = batches;
        this.runtime = runtime;
        this.actor = actor;
    }

    /// Reads at an offset that lies between log start and high watermark.
    CompletableFuture<ReadOutcome> read(PartitionLog partition, long offset, int maxBytes, Isolation isolation) {
        long bound = partition.bound(isolation);
        if (offset >= bound) {
            return CompletableFuture.completedFuture(records(partition, offset, List.of(), isolation));
        }
        CompletableFuture<ReadOutcome> found = batches.read(partition.sources(), offset, bound, maxBytes)
                .thenApply(read -> records(partition, offset, read, isolation));
        return answered(found, ReadOutcome.Unavailable::new);
    }

    private static ReadOutcome records(
            PartitionLog partition, long offset, List<ByteBuffer> read, Isolation isolation) {
        List<ReadOutcome.AbortedTransaction> aborted = List.of();
        if (isolation == Isolation.READ_COMMITTED && !read.isEmpty()) {
            ByteBuffer last = read.getLast();
            long end = BatchHeader.at(last, last.position()).lastOffset() + 1;
            aborted = new ArrayList<>();
            for (AbortedTransaction transaction : partition.abortedIn(offset, end)) {
                aborted.add(new ReadOutcome.AbortedTransaction(transaction.producerId(), transaction.firstOffset()));
            }
        }
        return new ReadOutcome.Records(
                read, partition.highWatermark(), partition.lastStableOffset(), partition.logStartOffset(), aborted);
    }

    /// First record at or after the timestamp (KIP-79).
    CompletableFuture<OffsetLookup> forTimestamp(PartitionLog partition, long timestamp, Isolation isolation) {
        long from = partition.logStartOffset();
        long bound = partition.bound(isolation);
        return answered(inPages(partition, 0, timestamp, from, bound), OffsetLookup.Unavailable::new);
    }

    private CompletableFuture<OffsetLookup> inPages(
            PartitionLog partition, int number, long timestamp, long from, long bound) {
        List<PageRef> pages = partition.sources().pages();
        for (int i = number; i < pages.size(); i++) {
            PageRef page = pages.get(i);
            if (page.maxTimestamp() >= timestamp && page.lastOffset() >= from) {
                int next = i + 1;
                return batches.page(page)
                        .thenCompose(parts -> inParts(
                                partition,
                                parts,
                                0,
                                timestamp,
                                from,
                                bound,
                                () -> inPages(partition, next, timestamp, from, bound)));
            }
        }
        return inParts(
                partition,
                partition.sources().segments(),
                0,
                timestamp,
                from,
                bound,
                () -> inTail(
                        partition,
                        0,
                        timestamp,
                        Math.max(from, partition.sources().foldedBelow()),
                        bound));
    }

    /// @param otherwise where to look if no part has it
    private CompletableFuture<OffsetLookup> inParts(
            PartitionLog partition,
            List<Part> parts,
            int number,
            long timestamp,
            long from,
            long bound,
            Supplier<CompletableFuture<OffsetLookup>> otherwise) {
        for (int i = number; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.maxTimestamp() < timestamp || part.lastOffset() < from || part.baseOffset() >= bound) {
                continue;
            }
            int next = i + 1;
            return batches.firstInSegment(part, timestamp, from).thenCompose(batch -> {
                Optional<OffsetLookup> found = batch.flatMap(bytes -> record(partition, bytes, timestamp, from, bound));
                return found.isPresent()
                        ? CompletableFuture.completedFuture(found.get())
                        : inParts(partition, parts, next, timestamp, from, bound, otherwise);
            });
        }
        return otherwise.get();
    }

    private CompletableFuture<OffsetLookup> inTail(
            PartitionLog partition, int number, long timestamp, long from, long bound) {
        TailIndex tail = partition.sources().tail();
        for (int i = number; i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            if (batch.index().lastOffset() < from
                    || batch.index().maxTimestamp() < timestamp
                    || batch.index().control()) {
                continue;
            }
            if (batch.index().baseOffset() >= bound) {
                break;
            }
            long next = batch.index().lastOffset() + 1;
            return batches.bytes(batch).thenCompose(bytes -> {
                Optional<OffsetLookup> found = record(partition, bytes, timestamp, from, bound);
                return found.isPresent()
                        ? CompletableFuture.completedFuture(found.get())
                        : inTail(partition, partition.sources().tail().find(next), timestamp, next, bound);
            });
        }
        return CompletableFuture.completedFuture(new OffsetLookup.None());
    }

    private static Optional<OffsetLookup> record(
            PartitionLog partition, ByteBuffer batch, long timestamp, long from, long bound) {
        return RecordTimestamps.firstAtOrAfter(batch, timestamp, from)
                .filter(found -> found.offset() < bound)
                .map(found -> new OffsetLookup.Found(
                        found.offset(), found.timestamp(), partition.epochs().epochAt(found.offset())));
    }

    /// The record with the largest timestamp, the first of several (KIP-734).
    CompletableFuture<OffsetLookup> maxTimestamp(PartitionLog partition) {
        long from = partition.logStartOffset();
        long bound = partition.highWatermark();
        long best = Long.MIN_VALUE;
        for (PageRef page : partition.sources().pages()) {
            if (page.lastOffset() >= from) {
                best = Math.max(best, page.maxTimestamp());
            }
        }
        for (Part part : partition.sources().segments()) {
            if (part.lastOffset() >= from) {
                best = Math.max(best, part.maxTimestamp());
            }
        }
        TailIndex tail = partition.sources().tail();
        for (int i = 0; i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            if (batch.index().lastOffset() >= from
                    && batch.index().lastOffset() < bound
                    && !batch.index().control()) {
                best = Math.max(best, batch.index().maxTimestamp());
            }
        }
        if (best < 0) {
            return CompletableFuture.completedFuture(new OffsetLookup.None());
        }
        return answered(inPages(partition, 0, best, from, bound), OffsetLookup.Unavailable::new);
    }

    /// Whatever keeps the store from answering, the client gets a retriable answer in time.
    private <T> CompletableFuture<T> answered(CompletableFuture<T> found, Function<String, T> unavailable) {
        if (found.isDone() && !found.isCompletedExceptionally()) {
            return found;
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        LogRuntime.Timer patience = runtime.schedule(
                PATIENCE,
                actor,
                () -> result.complete(unavailable.apply("the object store did not answer within " + PATIENCE)));
        found.whenComplete((value, failure) -> {
            patience.cancel();
            if (failure == null) {
                result.complete(value);
            } else {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                result.complete(unavailable.apply(String.valueOf(cause.getMessage())));
            }
        });
        return result;
    }
}
