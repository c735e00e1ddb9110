// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Reads a store from one end to the other, in bounded memory. Blocks.
final class StoreReader {
    private static final int PAGE = 1000;

    private final ObjectStore store;
    private final FsckSettings settings;

    StoreReader(ObjectStore store, FsckSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /// The store did not answer: nothing is proven, either way.
    private static UncheckedIOException noAnswer(String what, Throwable cause) {
        return new UncheckedIOException(new IOException(what + ": " + cause, cause));
    }

    /// @return empty if nothing is there
    Optional<GetOutcome.Found> get(ObjectKey key) {
        return answer(key, store.get(key));
    }

    private static Optional<GetOutcome.Found> answer(ObjectKey key, CompletableFuture<GetOutcome> request) {
        return switch (request.join()) {
            case GetOutcome.Found found -> Optional.of(found);
            case GetOutcome.Absent _ -> Optional.empty();
            case GetOutcome.Failed(Throwable cause) -> throw noAnswer("get " + key, cause);
        };
    }

    void list(String prefix, Consumer<ListOutcome.Entry> visitor) {
        Optional<ObjectKey> after = Optional.empty();
        while (true) {
            switch (store.list(prefix, after, PAGE).join()) {
                case ListOutcome.Failed(Throwable cause) -> throw noAnswer("list " + prefix, cause);
                case ListOutcome.Listed(var objects, boolean more) -> {
                    objects.forEach(visitor);
                    if (!more || objects.isEmpty()) {
                        return;
                    }
                    after = Optional.of(objects.getLast().key());
                }
            }
        }
    }

    private record Asked(ListOutcome.Entry entry, CompletableFuture<GetOutcome> request) {}

    /// Gets every listed object that is wanted, in the order of their keys.
    ///
    /// @param wanted asked some objects ahead of the visitor
    /// @param visitor gets the object, or nothing where it is gone since it was listed
    void each(
            String prefix,
            Predicate<ListOutcome.Entry> wanted,
            BiConsumer<ListOutcome.Entry, Optional<GetOutcome.Found>> visitor) {
        ArrayDeque<Asked> window = new ArrayDeque<>();
        long[] bytes = {0};
        Runnable visitFirst = () -> {
            Asked first = window.remove();
            bytes[0] -= first.entry.size();
            visitor.accept(first.entry, answer(first.entry.key(), first.request));
        };
        list(prefix, entry -> {
            while (!window.isEmpty()
                    && (window.size() >= settings.getsUnderWay()
                            || bytes[0] + entry.size() > settings.bytesUnderWay())) {
                visitFirst.run();
            }
            if (wanted.test(entry)) {
                bytes[0] += entry.size();
                window.add(new Asked(entry, store.get(entry.key())));
            }
        });
        while (!window.isEmpty()) {
            visitFirst.run();
        }
    }
}
