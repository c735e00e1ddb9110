// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.OptionalLong;

/// When one partition was acknowledged: the longest silence, and the first answer after the blow. Nanoseconds of one
/// monotonic clock. Thread-safe.
final class AckClock {
    private static final long NEVER = Long.MIN_VALUE;

    private long last = NEVER;
    private long longestGap;
    private long blow = NEVER;
    private long dead = NEVER;
    private long firstAfterBlow = NEVER;

    /// The load begins: silence counts from here.
    synchronized void started(long now) {
        last = now;
    }

    /// The blow fell at `at`; at `dead` it was certain. Only a record sent after that can have been acknowledged by an
    /// heir.
    synchronized void blow(long at, long dead) {
        this.blow = at;
        this.dead = dead;
    }

    synchronized void acknowledged(long sentAt, long now) {
        if (last != NEVER) {
            longestGap = Math.max(longestGap, now - last);
        }
        last = now;
        if (dead != NEVER && firstAfterBlow == NEVER && sentAt >= dead) {
            firstAfterBlow = now;
        }
    }

    synchronized long longestGapNanos() {
        return longestGap;
    }

    /// When a record that was sent after the blow was acknowledged first; empty if none was.
    synchronized OptionalLong firstAfterBlow() {
        return firstAfterBlow == NEVER ? OptionalLong.empty() : OptionalLong.of(firstAfterBlow);
    }

    /// From the blow until then; empty if nothing was acknowledged after the blow.
    synchronized OptionalLong firstAfterBlowNanos() {
        return firstAfterBlow == NEVER ? OptionalLong.empty() : OptionalLong.of(firstAfterBlow - blow);
    }
}
