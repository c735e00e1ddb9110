// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import com.vaadin.flow.shared.Registration;
import io.penstock.console.gateway.Answer;
import io.penstock.console.live.LiveState.KeyRefused;
import io.penstock.console.live.LiveState.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one picture again and again while somebody watches, once for all who watch.
///
/// One attempt at a time: a slow control plane is asked less often, never more at once. Nobody watching means no
/// requests. Listeners are called by the reading thread and must not block.
public final class LiveFeed<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);

    private final LiveSource<T> source;
    private final ScheduledExecutorService timer;
    private final Executor reads;
    private final InstantSource clock;
    private final Duration interval;

    private final List<Consumer<LiveState<T>>> listeners = new CopyOnWriteArrayList<>();
    private LiveState<T> state = new Waiting<>();
    private boolean running;

    /// @param timer waits; it never reads
    /// @param reads runs the attempts, which block
    /// @param interval from the end of one attempt to the next
    public LiveFeed(
            LiveSource<T> source,
            ScheduledExecutorService timer,
            Executor reads,
            InstantSource clock,
            Duration interval) {
        this.source = source;
        this.timer = timer;
        this.reads = reads;
        this.clock = clock;
        this.interval = interval;
    }

    /// Tells the listener how it is now, and every state from now on.
    public Registration subscribe(Consumer<LiveState<T>> listener) {
        LiveState<T> now;
        synchronized (this) {
            listeners.add(listener);
            now = state;
            if (!running) {
                running = true;
                reads.execute(this::attempt);
            }
        }
        listener.accept(now);
        return () -> listeners.remove(listener);
    }

    private void attempt() {
        if (stopsHere()) {
            return;
        }
        var next = next();
        synchronized (this) {
            state = next;
        }
        listeners.forEach(listener -> tell(listener, next));
        timer.schedule(() -> reads.execute(this::attempt), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized boolean stopsHere() {
        if (listeners.isEmpty() || state instanceof KeyRefused<T>) {
            running = false;
        }
        return !running;
    }

    private LiveState<T> next() {
        LiveState<T> before;
        synchronized (this) {
            before = state;
        }
        var now = clock.instant();
        try {
            return before.after(source.read(before.shown(), now), now);
        } catch (RuntimeException e) {
            // A fault of ours must not end the feed: the view says so, and the next attempt may do better.
            LOG.warn("live.attempt.failed", e);
            return before.after(new Answer.Unavailable<>("the console failed to read the answer"), now);
        }
    }

    private void tell(Consumer<LiveState<T>> listener, LiveState<T> next) {
        try {
            listener.accept(next);
        } catch (RuntimeException e) {
            // One page that went away must not keep the others from hearing.
            LOG.debug("live.listener.failed", e);
        }
    }
}
