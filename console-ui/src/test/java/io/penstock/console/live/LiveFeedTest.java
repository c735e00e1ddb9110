// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.gateway.Answer;
import io.penstock.console.live.LiveState.Failed;
import io.penstock.console.live.LiveState.Fresh;
import io.penstock.console.live.LiveState.KeyRefused;
import io.penstock.console.live.LiveState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LiveFeedTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final HandTurnedTimer timer = new HandTurnedTimer();
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private final List<Optional<Integer>> asked = new ArrayList<>();
    private final List<LiveState<Integer>> heard = new ArrayList<>();
    private Supplier<Answer<Integer>> next = () -> new Answer.Received<>(asked.size());

    private final LiveFeed<Integer> feed = new LiveFeed<>(
            (before, now) -> {
                asked.add(before);
                return next.get();
            },
            timer,
            reads::add,
            () -> NOW,
            Duration.ofSeconds(1));

    @Test
    void whoeverComesHearsHowItIsAndThenEveryAttempt() {
        feed.subscribe(heard::add);
        attempts(2);

        assertThat(heard).containsExactly(new Waiting<>(), new Fresh<>(1, NOW), new Fresh<>(2, NOW));
        assertThat(asked).containsExactly(Optional.empty(), Optional.of(1));
    }

    @Test
    void allWhoWatchShareOneAttempt() {
        feed.subscribe(heard::add);
        feed.subscribe(state -> {});
        attempts(1);

        assertThat(asked).hasSize(1);
        assertThat(reads).isEmpty();
        assertThat(timer.waiting()).isEqualTo(1);
    }

    @Test
    void nobodyWatchesNobodyAsks() {
        var registration = feed.subscribe(heard::add);
        attempts(1);
        registration.remove();
        attempts(1);

        assertThat(asked).hasSize(1);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void whoComesBackStartsItAgain() {
        feed.subscribe(heard::add).remove();
        attempts(1);
        heard.clear();

        feed.subscribe(heard::add);
        attempts(1);

        assertThat(heard).containsExactly(new Waiting<>(), new Fresh<>(1, NOW));
    }

    @Test
    void aRefusedKeyIsNotTriedAgain() {
        next = Answer.KeyRefused::new;
        feed.subscribe(heard::add);
        attempts(3);

        assertThat(asked).hasSize(1);
        assertThat(heard).endsWith(new KeyRefused<>());
    }

    @Test
    void aFaultOfOursDoesNotEndTheFeed() {
        next = () -> {
            throw new IllegalStateException("a fault");
        };
        feed.subscribe(heard::add);
        attempts(1);
        next = () -> new Answer.Received<>(7);
        attempts(1);

        assertThat(heard)
                .containsExactly(
                        new Waiting<>(), new Failed<>("the console failed to read the answer"), new Fresh<>(7, NOW));
    }

    @Test
    void aListenerThatFailsDoesNotKeepOthersFromHearing() {
        var calls = new ArrayList<LiveState<Integer>>();
        feed.subscribe(state -> {
            calls.add(state);
            if (state instanceof Fresh) {
                throw new IllegalStateException("its page is gone");
            }
        });
        feed.subscribe(heard::add);
        attempts(2);

        assertThat(calls).hasSize(3);
        assertThat(heard).endsWith(new Fresh<>(2, NOW));
    }

    /// Lets the timer ring and its attempts run, so many times.
    private void attempts(int count) {
        for (int i = 0; i < count; i++) {
            timer.ring();
            while (!reads.isEmpty()) {
                reads.remove().run();
            }
        }
    }
}
