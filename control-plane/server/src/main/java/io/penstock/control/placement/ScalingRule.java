// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.api.FleetAutoscaling;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How many brokers fleets should have for what they take. Pure but for what it has seen before: time is passed in. Not
/// safe for concurrent use.
final class ScalingRule {
    private static final Duration UP_AFTER = Duration.ofSeconds(30);
    private static final Duration DOWN_AFTER = Duration.ofMinutes(5);
    /// Those that stay keep this much of their share free, so that a fleet does not grow again at once.
    private static final double ROOM = 0.7;

    private record Since(boolean up, long nanos) {}

    private final Map<String, Since> pressed = new HashMap<>();

    /// @param desired how many it should have now
    /// @param load bytes a second that producers write to all its clusters
    /// @param now of a monotonic clock, in nanoseconds
    /// @return how many it should have
    int wanted(String fleetId, FleetAutoscaling rule, int desired, double load, long now) {
        int within = Math.clamp(desired, rule.minBrokers(), rule.maxBrokers());
        if (within != desired) {
            pressed.remove(fleetId);
            return within;
        }
        int needed = Math.clamp(ceil(load / rule.bytesPerSecond()), rule.minBrokers(), rule.maxBrokers());
        boolean up = needed > desired;
        boolean down = desired > rule.minBrokers() && ceil(load / (rule.bytesPerSecond() * ROOM)) < desired;
        if (!up && !down) {
            pressed.remove(fleetId);
            return desired;
        }
        Since since = pressed.get(fleetId);
        if (since == null || since.up() != up) {
            pressed.put(fleetId, new Since(up, now));
            return desired;
        }
        if (now - since.nanos() < (up ? UP_AFTER : DOWN_AFTER).toNanos()) {
            return desired;
        }
        pressed.remove(fleetId);
        return up ? needed : desired - 1;
    }

    private static int ceil(double brokers) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(brokers));
    }
}
