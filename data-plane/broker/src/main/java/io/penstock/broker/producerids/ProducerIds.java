// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.producerids;

import io.penstock.log.LogRuntime;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Gives out producer ids that nobody else in the cluster gets, ever, from blocks claimed in the cluster's
/// prefix; so new producers start while the control plane is away, and a cluster attached elsewhere repeats no
/// id.
///
/// Block `n` is the write-once object `pid/<n>` and stands for ids `n * 1000` to `n * 1000 + 999`. What was
/// claimed and not given out is lost with the process: there are 2^63 of them.
public final class ProducerIds {
    /// Few enough that a restart wastes little, enough that producers hardly ever wait for the store.
    static final int BLOCK = 1000;

    private static final int MAX_ATTEMPTS = 5;
    private static final Duration BACKOFF = Duration.ofMillis(20);

    private final ObjectStore store;
    private final LogKeys keys;
    private final int nodeId;
    private final LogRuntime runtime;
    private final Executor actor;

    private final Deque<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private long nextId;
    private long endOfBlock;
    private boolean claiming;
    private @Nullable Claim unfinished;
    private long nextBlock = UNKNOWN_BLOCK;

    private static final long UNKNOWN_BLOCK = -1;

    /// A block that we try to claim: the bytes never change between attempts.
    private record Claim(long number, ByteBuffer bytes) {}

    public ProducerIds(ObjectStore store, LogKeys keys, int nodeId, LogRuntime runtime) {
        this.store = store;
        this.keys = keys;
        this.nodeId = nodeId;
        this.runtime = runtime;
        actor = runtime.newActor("producer-ids");
    }

    /// The next id. Fails with [StoreAway] if a new block is needed and the store does not let us have one:
    /// retriable.
    public CompletableFuture<Long> next() {
        CompletableFuture<Long> id = new CompletableFuture<>();
        actor.execute(() -> {
            waiting.add(id);
            serve();
        });
        return id;
    }

    private void serve() {
        while (!waiting.isEmpty() && nextId < endOfBlock) {
            waiting.remove().complete(nextId++);
        }
        if (!waiting.isEmpty() && !claiming) {
            claiming = true;
            if (unfinished != null) {
                put(unfinished, 1);
            } else if (nextBlock == UNKNOWN_BLOCK) {
                find(Optional.empty(), 0);
            } else {
                claim(nextBlock);
            }
        }
    }

    /// The listing is a hint only: whether a block is free is decided by the conditional put.
    private void find(Optional<ObjectKey> after, long beyondLast) {
        store.list(keys.producerIdBlocks(), after, 1000)
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case ListOutcome.Listed listed -> {
                                    long next = beyondLast;
                                    for (ListOutcome.Entry entry : listed.objects()) {
                                        next = Math.max(next, numberOf(entry.key()) + 1);
                                    }
                                    if (listed.more() && !listed.objects().isEmpty()) {
                                        find(
                                                Optional.of(listed.objects()
                                                        .getLast()
                                                        .key()),
                                                next);
                                    } else {
                                        claim(next);
                                    }
                                }
                                case ListOutcome.Failed failed -> giveUp(failed.cause());
                            }
                        },
                        actor);
    }

    private static long numberOf(ObjectKey key) {
        String value = key.value();
        return Long.parseLong(value.substring(value.lastIndexOf('/') + 1));
    }

    private void claim(long number) {
        Claim claim = new Claim(
                number,
                ProducerIdBlock.encode(
                        number,
                        nodeId,
                        runtime.random().nextLong(),
                        runtime.random().nextLong()));
        unfinished = claim;
        put(claim, 1);
    }

    private void put(Claim claim, int attempt) {
        store.put(keys.producerIds(claim.number()), claim.bytes().duplicate(), PutCondition.ifAbsent())
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case PutOutcome.Stored stored -> claimed(claim);
                                // Our own first attempt, whose answer was lost, may be what refused this one.
                                case PutOutcome.Refused refused -> readBack(claim, attempt);
                                case PutOutcome.Unknown unknown -> again(claim, attempt, unknown.cause());
                            }
                        },
                        actor);
    }

    private void again(Claim claim, int attempt, Throwable cause) {
        if (attempt < MAX_ATTEMPTS) {
            runtime.schedule(BACKOFF.multipliedBy(1L << attempt), actor, () -> put(claim, attempt + 1));
        } else {
            // The claim stays unfinished: whoever asks next sends the same bytes to the same key again.
            giveUp(cause);
        }
    }

    private void readBack(Claim claim, int attempt) {
        store.get(keys.producerIds(claim.number()))
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case GetOutcome.Found found -> {
                                    if (found.bytes().equals(claim.bytes())) {
                                        claimed(claim);
                                    } else {
                                        claim(claim.number() + 1);
                                    }
                                }
                                case GetOutcome.Absent absent ->
                                    again(claim, attempt, new StoreAway("refused, but nothing is there"));
                                case GetOutcome.Failed failed -> again(claim, attempt, failed.cause());
                            }
                        },
                        actor);
    }

    private void claimed(Claim claim) {
        unfinished = null;
        claiming = false;
        nextBlock = claim.number() + 1;
        nextId = Math.multiplyExact(claim.number(), (long) BLOCK);
        endOfBlock = nextId + BLOCK;
        serve();
    }

    private void giveUp(Throwable cause) {
        claiming = false;
        StoreAway away = new StoreAway("no block of producer ids could be claimed", cause);
        while (!waiting.isEmpty()) {
            waiting.remove().completeExceptionally(away);
        }
    }

    /// The store did not answer in time: ask again later.
    public static final class StoreAway extends Exception {
        private static final long serialVersionUID = 1;

        StoreAway(String message) {
            super(message);
        }

        StoreAway(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
