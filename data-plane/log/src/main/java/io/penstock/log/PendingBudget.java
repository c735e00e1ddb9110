// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that wait for durability in all cluster logs of one process, and how many may: what keeps a store that does
/// not
/// follow from filling the memory. Safe for any number of threads.
///
/// The bound is not exact: each log that asks at the same time may let one request more in.
public final class PendingBudget {
    private static final PendingBudget UNLIMITED = new PendingBudget(Long.MAX_VALUE);

    private final long max;
    private final AtomicLong pending = new AtomicLong();

    /// @param max bytes, 1 or more
    public PendingBudget(long max) {
        if (max < 1) {
            throw new IllegalArgumentException("a budget of " + max + " bytes");
        }
        this.max = max;
    }

    /// Bounds nothing.
    public static PendingBudget unlimited() {
        return UNLIMITED;
    }

    /// Whether so many more bytes would be too many. A process that waits for nothing takes anything.
    public boolean exceededBy(long bytes) {
        long now = pending.get();
        return now > 0 && now > max - bytes;
    }

    /// @param delta positive when bytes begin to wait, negative when they have become durable or are given up
    public void changed(long delta) {
        pending.addAndGet(delta);
    }

    /// Bytes that wait now.
    public long bytes() {
        return pending.get();
    }

    /// Share of the budget that is used: 0 to 1, or a little above.
    public double fill() {
        return (double) pending.get() / max;
    }
}
