// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/// Makes feeds that share threads and pace. Owns the threads: closing ends every feed.
public final class LiveFeeds implements AutoCloseable {
    private final ScheduledExecutorService timer;
    private final ExecutorService reads;
    private final InstantSource clock;
    private final Duration interval;

    public LiveFeeds(ScheduledExecutorService timer, ExecutorService reads, InstantSource clock, Duration interval) {
        this.timer = timer;
        this.reads = reads;
        this.clock = clock;
        this.interval = interval;
    }

    public <T> LiveFeed<T> feed(LiveSource<T> source) {
        return new LiveFeed<>(source, timer, reads, clock, interval);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        reads.shutdownNow();
    }
}
