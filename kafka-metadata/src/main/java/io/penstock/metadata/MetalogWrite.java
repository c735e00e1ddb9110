// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.MetaKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts frozen entries into the bucket, each under its number, and finds out what really stands there.
///
/// An unknown outcome is never guessed: the same bytes go to the same key again until the store says that they are
/// there or that something else is. Equal bytes mean stored, whoever put them. Entry n + 1 must not be written before
/// n is known to be stored; callers chain the futures.
public final class MetalogWrite {
    private static final Logger log = LoggerFactory.getLogger(MetalogWrite.class);

    private final ObjectStore store;
    private final MetaKeys keys;
    private final RetrySettings retries;
    private final MetalogTimer timer;
    private final Executor actor;

    /// @param actor runs the steps between requests; they are short
    public MetalogWrite(ObjectStore store, MetaKeys keys, RetrySettings retries, MetalogTimer timer, Executor actor) {
        this.store = store;
        this.keys = keys;
        this.retries = retries;
        this.timer = timer;
        this.actor = actor;
    }

    /// Completes when the outcome is certain, which may take as long as the store is away. Whoever does not care any
    /// more cancels the future: no further attempt is made (one under way may still succeed).
    public CompletableFuture<WriteOutcome> write(EncodedEntry entry) {
        Attempt attempt = new Attempt(entry, keys.entry(entry.number()));
        actor.execute(attempt::put);
        return attempt.outcome;
    }

    private final class Attempt {
        private final EncodedEntry entry;
        private final ObjectKey key;
        private final CompletableFuture<WriteOutcome> outcome = new CompletableFuture<>();
        private int failures;

        private Attempt(EncodedEntry entry, ObjectKey key) {
            this.entry = entry;
            this.key = key;
        }

        private void put() {
            if (outcome.isDone()) {
                return;
            }
            store.put(key, entry.buffer(), PutCondition.ifAbsent()).thenAcceptAsync(this::answered, actor);
        }

        private void answered(PutOutcome answer) {
            switch (answer) {
                case PutOutcome.Stored _ -> outcome.complete(new WriteOutcome.Stored());
                // Our own first attempt, whose answer was lost, may be what stands there.
                case PutOutcome.Refused _ -> readBack();
                case PutOutcome.Unknown(Throwable cause) -> again(cause, this::put);
            }
        }

        private void readBack() {
            if (outcome.isDone()) {
                return;
            }
            store.get(key).thenAcceptAsync(this::found, actor);
        }

        private void found(GetOutcome answer) {
            switch (answer) {
                case GetOutcome.Found object -> {
                    if (entry.hasBytes(object.bytes())) {
                        outcome.complete(new WriteOutcome.Stored());
                    } else {
                        EncodedEntry other = EncodedEntry.of(entry.number(), object.bytes());
                        log.warn("metalog conflict: key={} ours={} found={}", key, entry, other);
                        outcome.complete(new WriteOutcome.Conflict(other));
                    }
                }
                case GetOutcome.Absent _ ->
                    again(new IllegalStateException("refused as present, then absent"), this::put);
                case GetOutcome.Failed(Throwable cause) -> again(cause, this::readBack);
            }
        }

        private void again(Throwable cause, Runnable step) {
            failures++;
            log.warn("metalog entry not certain yet: key={} failures={} cause={}", key, failures, cause.toString());
            timer.schedule(retries.pauseAfter(failures), actor, step);
        }
    }
}
