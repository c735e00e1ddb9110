// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/// Asks for many slots at once, but not for all. On the actor.
final class Parallel {
    private Parallel() {}

    /// @param atOnce how many requests may be under way
    /// @return the answers in order of their slots
    static <T> CompletableFuture<List<T>> each(
            long from, long to, int atOnce, LongFunction<CompletableFuture<T>> request) {
        Run<T> run = new Run<>(from, to, atOnce, request);
        run.ask();
        if (to <= from) {
            run.done.complete(List.of());
        }
        return run.done;
    }

    private static final class Run<T> {
        final CompletableFuture<List<T>> done = new CompletableFuture<>();
        private final LongFunction<CompletableFuture<T>> request;
        private final List<CompletableFuture<T>> answers = new ArrayList<>();
        private final long from;
        private final long to;
        private final int atOnce;
        private long answered;
        private boolean asking;

        Run(long from, long to, int atOnce, LongFunction<CompletableFuture<T>> request) {
            this.from = from;
            this.to = to;
            this.atOnce = atOnce;
            this.request = request;
        }

        /// Answers that are there at once do not make the stack grow.
        void ask() {
            if (asking) {
                return;
            }
            asking = true;
            while (answers.size() < to - from && answers.size() - answered < atOnce) {
                CompletableFuture<T> answer = request.apply(from + answers.size());
                answers.add(answer);
                answer.whenComplete((_, failure) -> arrived(failure));
            }
            asking = false;
        }

        private void arrived(Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(failure);
                return;
            }
            answered++;
            if (answered == to - from) {
                done.complete(answers.stream().map(CompletableFuture::join).toList());
            } else {
                ask();
            }
        }
    }
}
