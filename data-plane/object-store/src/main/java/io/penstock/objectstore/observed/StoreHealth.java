// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import java.util.Arrays;

/// Judges a store by the requests that were answered in a moving window of time.
///
/// Pure: the clock comes with every request, and nothing happens without one. A state changes only by its legal moves
/// ([HealthState#towards]); for the better only after it has been kept a while, and only when the shares are down to
/// half of
/// what led to it, so that it does not flutter.
final class StoreHealth {
    private static final int PANES = 10;

    private final HealthSettings settings;
    private final long paneNanos;
    private final int[] requests = new int[PANES];
    private final int[] errors = new int[PANES];
    private final int[] slow = new int[PANES];
    private HealthState state = HealthState.HEALTHY;
    private long newestPane = Long.MIN_VALUE;
    private long sinceNanos;

    StoreHealth(HealthSettings settings) {
        this.settings = settings;
        this.paneNanos = Math.max(1, settings.window().toNanos() / PANES);
    }

    /// Takes one answered request into account and judges anew.
    ///
    /// @param nowNanos of a monotonic clock
    /// @param tookNanos from request to answer, or to its time-out
    HealthState answered(long nowNanos, long tookNanos, boolean error) {
        int pane = turnTo(Math.floorDiv(nowNanos, paneNanos));
        requests[pane]++;
        errors[pane] += error ? 1 : 0;
        slow[pane] += tookNanos >= settings.slow().toNanos() ? 1 : 0;
        HealthState next = state.towards(verdict());
        boolean better = next.value() > state.value();
        if (next != state
                && (!better || nowNanos - sinceNanos >= settings.dwell().toNanos())) {
            state = next;
            sinceNanos = nowNanos;
        }
        return state;
    }

    HealthState state() {
        return state;
    }

    /// Empties the panes that time has passed over.
    private int turnTo(long pane) {
        if (newestPane == Long.MIN_VALUE || pane - newestPane >= PANES) {
            Arrays.fill(requests, 0);
            Arrays.fill(errors, 0);
            Arrays.fill(slow, 0);
        } else {
            for (long passed = newestPane + 1; passed <= pane; passed++) {
                int index = Math.floorMod(passed, PANES);
                requests[index] = 0;
                errors[index] = 0;
                slow[index] = 0;
            }
        }
        newestPane = Math.max(newestPane, pane);
        return Math.floorMod(pane, PANES);
    }

    private HealthState verdict() {
        int all = Arrays.stream(requests).sum();
        if (all < settings.leastRequests()) {
            return state;
        }
        double errorRate = (double) Arrays.stream(errors).sum() / all;
        double slowRate = (double) Arrays.stream(slow).sum() / all;
        if (errorRate >= bound(settings.unavailableErrorRate(), state == HealthState.UNAVAILABLE)) {
            return HealthState.UNAVAILABLE;
        }
        boolean already = state != HealthState.HEALTHY;
        return errorRate >= bound(settings.degradedErrorRate(), already)
                        || slowRate >= bound(settings.degradedSlowRate(), already)
                ? HealthState.DEGRADED
                : HealthState.HEALTHY;
    }

    private static double bound(double entering, boolean inside) {
        return inside ? entering / 2 : entering;
    }
}
