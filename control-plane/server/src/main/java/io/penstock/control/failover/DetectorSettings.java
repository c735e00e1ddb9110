// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import java.time.Duration;

/// How impatient the detector is. Wrong suspicions cost a reconnect, never data, so it may be quick.
///
/// @param reconnectGrace how long a broken stream may stay broken while nobody knows that the process ended
/// @param silence how long a connected broker may say nothing
/// @param warmUp how long after its first connection a broker counts as new: it still loads and compiles its own
/// code
/// @param newSilence how long a new broker may say nothing
/// @param lookInterval how often the detector is asked; a machine on which we are asked later than that is slow for
/// brokers, too, and they get twice our own delay on top
/// @param rejoinGrace how long brokers have to come back after the control plane itself came back
/// @param massPatience how long to wait when most brokers fall silent together: then it is more likely us than them
/// @param massReturn how long after most looked silent together the rest have to be back, too
/// @param stuck how long the frontier of a talking broker may stand still with bytes waiting while another
/// broker of the
/// same cluster moves on
/// @param window suspicions younger than this count against the budget
/// @param ownStall a gap between two looks that says that *we* stood still; silence during it proves nothing
public record DetectorSettings(
        Duration reconnectGrace,
        Duration silence,
        Duration warmUp,
        Duration newSilence,
        Duration lookInterval,
        Duration rejoinGrace,
        Duration massPatience,
        Duration massReturn,
        Duration stuck,
        Duration window,
        Duration ownStall) {

    public static DetectorSettings defaults() {
        return new DetectorSettings(
                Duration.ofMillis(200), // a reset connection is dialled again within one round trip, or not at all
                Duration.ofMillis(2500), // five heartbeats; leaves half of a five-second freeze budget to recovery
                Duration.ofSeconds(20),
                Duration.ofSeconds(10), // a cold JVM on a busy machine was seen to be silent for three
                Duration.ofMillis(100),
                Duration.ofSeconds(5), // brokers dial again at least once a second
                Duration.ofSeconds(10),
                Duration.ofMillis(1500), // brokers dial again at least once a second
                Duration.ofSeconds(45), // a broker helps itself after 30 s (R2); only then somebody else should
                Duration.ofSeconds(30),
                Duration.ofSeconds(1));
    }
}
