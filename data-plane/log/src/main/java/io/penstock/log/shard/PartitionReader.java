// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.producers.AbortedTransactions;
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
import java.util.OptionalLong;
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
    ///
    /// @return completes exceptionally with [BatchReader.Vanished] if an object is gone: look at the
    /// manifest again
    CompletableFuture<ReadOutcome> read(PartitionLog partition, long offset, int maxBytes, Isolation isolation) {
        long bound = partition.bound(isolation);
        // Of now: what is deleted or cleaned before the answer may be in it, and its transactions forgotten.
        AbortedTransactions known = partition.aborted();
        if (offset >= bound) {
            return CompletableFuture.completedFuture(records(partition, offset, List.of(), isolation, known));
        }
        CompletableFuture<ReadOutcome> found = batches.read(partition.sources(), offset, bound, maxBytes)
                .thenApply(read -> records(partition, offset, read, isolation, known));
        return found.isDone() && !found.isCompletedExceptionally()
                ? found
                : patiently(
                        found.exceptionallyCompose(failure -> cause(failure) instanceof BatchReader.Vanished
                                ? CompletableFuture.failedFuture(cause(failure))
                                : CompletableFuture.completedFuture(unavailable(failure))),
                        ReadOutcome.Unavailable::new);
    }

    private static ReadOutcome unavailable(Throwable failure) {
        return new ReadOutcome.Unavailable(String.valueOf(cause(failure).getMessage()));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static ReadOutcome records(
            PartitionLog partition,
            long offset,
            List<ByteBuffer> read,
            Isolation isolation,
            AbortedTransactions known) {
        List<ReadOutcome.AbortedTransaction> aborted = List.of();
        if (isolation == Isolation.READ_COMMITTED && !read.isEmpty()) {
            ByteBuffer last = read.getLast();
            long end = BatchHeader.at(last, last.position()).lastOffset() + 1;
            aborted = new ArrayList<>();
            for (AbortedTransaction transaction : known.in(offset, end)) {
                aborted.add(new ReadOutcome.AbortedTransaction(transaction.producerId(), transaction.firstOffset()));
            }
        }
        return new ReadOutcome.Records(
                read, partition.highWatermark(), partition.lastStableOffset(), partition.logStartOffset(), aborted);
    }

    /// First record at or after the timestamp (KIP-79).
    CompletableFuture<OffsetLookup> forTimestamp(PartitionLog partition, long timestamp, Isolation isolation) {
        return answered(
                firstAtOrAfter(partition, timestamp, partition.logStartOffset(), partition.bound(isolation)),
                OffsetLookup.Unavailable::new);
    }

    private CompletableFuture<OffsetLookup> firstAtOrAfter(
            PartitionLog partition, long timestamp, long from, long bound) {
        return inPages(
                partition, partition.sources().pages(), partition.sources().segments(), timestamp, from, bound);
    }

    /// @param pages as they were when the search began, less those that were looked at; so are the segments
    private CompletableFuture<OffsetLookup> inPages(
            PartitionLog partition, List<PageRef> pages, List<Part> segments, long timestamp, long from, long bound) {
        for (int i = 0; i < pages.size(); i++) {
            PageRef page = pages.get(i);
            if (page.maxTimestamp() >= timestamp && page.lastOffset() >= from) {
                List<PageRef> rest = pages.subList(i + 1, pages.size());
                return batches.page(page)
                        .thenCompose(parts -> inParts(
                                partition,
                                parts,
                                0,
                                timestamp,
                                from,
                                bound,
                                () -> inPages(partition, rest, segments, timestamp, from, bound)));
            }
        }
        long end = segments.isEmpty() ? from : Math.max(from, segments.getLast().lastOffset() + 1);
        return inParts(
                partition,
                segments,
                0,
                timestamp,
                from,
                bound,
                () -> inTail(partition, partition.sources().tail().find(end), timestamp, end, bound));
    }

    /// Batches tell their largest timestamp only: the one that is found may hold it below `from`, and the
    /// search goes
    /// on behind it.
    ///
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
            int here = i;
            return batches.firstInSegment(part, timestamp, from).thenCompose(batch -> {
                if (batch.isEmpty()) {
                    return inParts(partition, parts, here + 1, timestamp, from, bound, otherwise);
                }
                Optional<OffsetLookup> found = record(partition, batch.get(), timestamp, from, bound);
                long next = BatchHeader.at(batch.get(), batch.get().position()).lastOffset() + 1;
                return found.isPresent()
                        ? CompletableFuture.completedFuture(found.get())
                        : inParts(partition, parts, here, timestamp, next, bound, otherwise);
            });
        }
        return otherwise.get();
    }

    private CompletableFuture<OffsetLookup> inTail(
            PartitionLog partition, int number, long timestamp, long from, long bound) {
        TailIndex tail = partition.sources().tail();
        for (int i = number; i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            if (batch.index().baseOffset() >= bound) {
                break;
            }
            if (batch.index().maxTimestamp() < timestamp) {
                continue;
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

    /// The largest timestamp at or above `from` in parts of which the first may begin below.
    private CompletableFuture<OptionalLong> largest(List<Part> parts, long from) {
        List<Part> above =
                parts.stream().filter(part -> part.baseOffset() >= from).toList();
        OptionalLong others = above.stream().mapToLong(Part::maxTimestamp).max();
        Optional<Part> first = parts.stream()
                .filter(part -> part.baseOffset() < from && part.lastOffset() >= from)
                .findFirst();
        return first.isEmpty()
                ? CompletableFuture.completedFuture(others)
                : batches.largestTimestamp(first.get(), from)
                        .thenApply(largest -> largest.isPresent() && others.isPresent()
                                ? OptionalLong.of(Math.max(largest.getAsLong(), others.getAsLong()))
                                : largest.isPresent() ? largest : others);
    }

    /// The record with the largest timestamp, the first of several (KIP-734).
    CompletableFuture<OffsetLookup> maxTimestamp(PartitionLog partition) {
        long from = partition.logStartOffset();
        long bound = partition.highWatermark();
        CompletableFuture<OptionalLong> first = CompletableFuture.completedFuture(OptionalLong.empty());
        long best = Long.MIN_VALUE;
        for (PageRef page : partition.sources().pages()) {
            if (page.baseOffset() >= from) {
                best = Math.max(best, page.maxTimestamp());
            } else if (page.lastOffset() >= from) {
                first = batches.page(page).thenCompose(parts -> largest(parts, from));
            }
        }
        for (Part part : partition.sources().segments()) {
            if (part.baseOffset() >= from) {
                best = Math.max(best, part.maxTimestamp());
            } else if (part.lastOffset() >= from) {
                // Its largest timestamp may be of a record that is deleted.
                first = batches.largestTimestamp(part, from);
            }
        }
        TailIndex tail = partition.sources().tail();
        for (int i = tail.find(Math.max(from, partition.sources().foldedBelow())); i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            if (batch.index().baseOffset() >= from) {
                best = Math.max(best, batch.index().maxTimestamp());
            } else {
                first = batches.bytes(batch).thenApply(bytes -> RecordTimestamps.largest(bytes, from));
            }
        }
        long others = best;
        return answered(
                first.thenCompose(largest -> {
                    long timestamp = Math.max(others, largest.orElse(Long.MIN_VALUE));
                    return timestamp < 0
                            ? CompletableFuture.completedFuture(new OffsetLookup.None())
                            : firstAtOrAfter(partition, timestamp, from, bound);
                }),
                OffsetLookup.Unavailable::new);
    }

    /// Whatever keeps the store from answering, the client gets a retriable answer.
    private <T> CompletableFuture<T> answered(CompletableFuture<T> found, Function<String, T> unavailable) {
        return patiently(
                found.exceptionally(failure ->
                        unavailable.apply(String.valueOf(cause(failure).getMessage()))),
                unavailable);
    }

    /// The same future, but answered in time.
    <T> CompletableFuture<T> patiently(CompletableFuture<T> found, Function<String, T> unavailable) {
        if (found.isDone()) {
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
                result.completeExceptionally(failure);
            }
        });
        return result;
    }
}
