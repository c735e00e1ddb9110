// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import java.time.Duration;

/// The WAL writer's numbers.
///
/// @param profile how long batches wait for company
/// @param maxSlotBytes a slot is cut when it holds so much
/// @param maxPutsInFlight how many slots may be sent beyond the frontier
/// @param slotStuckAfter a slot that cannot be written for so long makes us seal our own WAL with `continue` (R2)
/// @param barrierInterval two probes for read barriers are at least so far apart (R10)
/// @param barrierPatience a read barrier that is not proven by then fails
/// @param attemptTimeout a PUT without any answer for so long is sent again
/// @param hedges when a slow PUT gets a twin
/// @param backoff between attempts that got no certain answer
public record WalSettings(
        LatencyProfile profile,
        int maxSlotBytes,
        int maxPutsInFlight,
        Duration slotStuckAfter,
        Duration barrierInterval,
        Duration barrierPatience,
        Duration attemptTimeout,
        HedgeSettings hedges,
        Backoff backoff) {
    public WalSettings {
        if (maxSlotBytes < 1 || maxPutsInFlight < 1) {
            throw new IllegalArgumentException("a slot holds at least a byte and one may be in flight, not "
                    + maxSlotBytes + ", " + maxPutsInFlight);
        }
    }

    public static WalSettings of(LogSettings settings) {
        return new WalSettings(
                settings.profile(),
                settings.maxSlotBytes(),
                settings.maxPutsInFlight(),
                settings.slotStuckAfter(),
                settings.barrierInterval(),
                Duration.ofSeconds(5), // a client's request waits no longer for a store that does not answer
                Duration.ofSeconds(10), // beyond any PUT that is still likely to be answered
                HedgeSettings.defaults(),
                Backoff.defaults());
    }

    public static WalSettings defaults(LatencyProfile profile) {
        return of(LogSettings.defaults(profile));
    }
}
