// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides whether the lease may be taken, and who is forgotten. Pure but for what it has seen before.
///
/// Replicas' clocks are never compared: a holder is dead when its beats stood still for as long as *this* process
/// looked on. A wrong decision costs a take-over; the database refuses the former holder's writes.
final class LeaseWatch {

    /// One look at the database.
    ///
    /// @param holder empty: the lease was given back
    /// @param holderConnected whether the database has a connection of the holder's
    /// @param beats replica id → how often it said that it lives
    record Look(long epoch, Optional<String> holder, boolean holderConnected, Map<String, Long> beats) {}

    private record Pulse(long beats, long sinceNanos) {}

    private final Duration lifetime;
    private final Duration disconnectedFor;
    private final Duration forgetAfter;
    private final Map<String, Pulse> pulses = new HashMap<>();
    private Optional<Long> disconnectedSince = Optional.empty();
    private long epoch = -1;

    LeaseWatch(Duration lifetime, Duration disconnectedFor, Duration forgetAfter) {
        this.lifetime = lifetime;
        this.disconnectedFor = disconnectedFor;
        this.forgetAfter = forgetAfter;
    }

    /// @param now of a monotonic clock, in nanoseconds
    /// @return whether the lease may be taken now
    boolean mayTake(Look look, long now) {
        if (look.epoch() != epoch) {
            epoch = look.epoch();
            disconnectedSince = Optional.empty();
            look.holder().ifPresent(pulses::remove); // a new holder has all its time before it
        }
        look.beats().forEach((replica, beats) -> {
            Pulse known = pulses.get(replica);
            if (known == null || known.beats() != beats) {
                pulses.put(replica, new Pulse(beats, now));
            }
        });
        pulses.keySet().retainAll(look.beats().keySet());
        if (look.holder().isEmpty()) {
            return true;
        }
        String holder = look.holder().get();
        if (look.holderConnected()) {
            disconnectedSince = Optional.empty();
        } else if (disconnectedSince.isEmpty()) {
            disconnectedSince = Optional.of(now);
        }
        Pulse pulse = pulses.get(holder);
        // Without a row of its own it was forgotten, which takes longer than to be taken for dead.
        boolean still = pulse == null || isOver(pulse.sinceNanos(), now, lifetime);
        boolean gone = disconnectedSince
                .filter(since -> isOver(since, now, disconnectedFor))
                .isPresent();
        boolean silent = pulse == null || isOver(pulse.sinceNanos(), now, disconnectedFor);
        return still || (gone && silent);
    }

    /// Replicas whose beats stood still for long.
    Set<String> toForget(long now) {
        var dead = new HashSet<String>();
        pulses.forEach((replica, pulse) -> {
            if (isOver(pulse.sinceNanos(), now, forgetAfter)) {
                dead.add(replica);
            }
        });
        return dead;
    }

    private static boolean isOver(long since, long now, Duration time) {
        return now - since >= time.toNanos();
    }
}
