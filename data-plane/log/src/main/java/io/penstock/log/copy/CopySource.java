// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Reads with patience. Blocks.
final class CopySource {
    private static final int PAGE = 1000;

    private final ObjectStore store;
    private final CopySettings settings;
    private final Consumer<Duration> sleep;

    CopySource(ObjectStore store, CopySettings settings, Consumer<Duration> sleep) {
        this.store = store;
        this.settings = settings;
        this.sleep = sleep;
    }

    CompletableFuture<GetOutcome> ask(ObjectKey key) {
        return store.get(key);
    }

    /// @return empty if nothing is there
    Optional<ByteBuffer> get(ObjectKey key) {
        return answer(key, ask(key));
    }

    /// @param asked the first attempt
    Optional<ByteBuffer> answer(ObjectKey key, CompletableFuture<GetOutcome> asked) {
        CompletableFuture<GetOutcome> request = asked;
        for (int attempt = 1; ; attempt++) {
            switch (request.join()) {
                case GetOutcome.Found found -> {
                    return Optional.of(found.bytes());
                }
                case GetOutcome.Absent _ -> {
                    return Optional.empty();
                }
                case GetOutcome.Failed(Throwable cause) -> again(attempt, "get " + key, cause);
            }
            request = ask(key);
        }
    }

    private void again(int attempt, String what, Throwable cause) {
        if (attempt >= settings.attempts()) {
            throw new CopyFailed(CopyFailed.Reason.NO_ANSWER, what + ": " + cause);
        }
        sleep.accept(settings.pause());
    }

    void list(String prefix, Consumer<ListOutcome.Entry> visitor) {
        Optional<ObjectKey> after = Optional.empty();
        int attempt = 1;
        while (true) {
            switch (store.list(prefix, after, PAGE).join()) {
                case ListOutcome.Failed(Throwable cause) -> again(attempt++, "list " + prefix, cause);
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
}
