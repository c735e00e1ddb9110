// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import io.penstock.api.Operation;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/// Requests that wait for an operation's end.
///
/// The end is noticed at once when it happens in this process; one that another replica brought about is noticed by
/// looking again every second.
@Component
class OperationWaiters {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Clock clock;
    private final ConcurrentMap<String, Set<Waiter>> waiting = new ConcurrentHashMap<>();

    /// One request; told from others by being itself.
    private static final class Waiter {
        private final CompletableFuture<Void> ended;

        Waiter(CompletableFuture<Void> ended) {
            this.ended = ended;
        }
    }

    OperationWaiters(Clock clock) {
        this.clock = clock;
    }

    Operation await(String id, Duration patience, Supplier<Operation> read) {
        var until = clock.instant().plus(patience);
        while (true) {
            var waiter = new Waiter(new CompletableFuture<>());
            // Listening starts before looking, so that an end in between is not missed.
            waiting.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(waiter);
            try {
                var operation = read.get();
                var left = Duration.between(clock.instant(), until);
                if (operation.state().ended() || left.isNegative() || left.isZero()) {
                    return operation;
                }
                waiter.ended.get(Math.min(left.toMillis() + 1, LOOK_AGAIN.toMillis()), TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                // Another replica may have ended it: look again.
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return read.get();
            } finally {
                waiting.computeIfPresent(id, (_, all) -> {
                    all.remove(waiter);
                    return all.isEmpty() ? null : all;
                });
            }
        }
    }

    @TransactionalEventListener
    void ended(OperationEnded event) {
        waiting.getOrDefault(event.operationId(), Set.of()).forEach(waiter -> waiter.ended.complete(null));
    }
}
