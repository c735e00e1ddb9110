// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Duration;

/// The numbers of fleets.
///
/// @param heartbeatInterval how often brokers report
/// @param rejoinGrace how long incarnations that nobody here knows are left alone after the control plane's start
/// @param zombiePatience how long a suspected broker's process is left alone
/// @param wakePatience how long a woken zombie has to report a new incarnation before it is told to retire
/// @param startPatience how long a process has to register before it is taken for failed
/// @param drainPatience how long a broker that was asked to leave has before its process is killed
/// @param heirsFirst how long a given-up broker's replacement waits: heirs on the same machine take over before a
///     new process starts up beside them
/// @param host where brokers of this machine are reached
public record FleetSettings(
        Duration heartbeatInterval,
        Duration rejoinGrace,
        Duration zombiePatience,
        Duration wakePatience,
        Duration startPatience,
        Duration drainPatience,
        Duration heirsFirst,
        String host) {

    public static FleetSettings defaults() {
        return new FleetSettings(
                Duration.ofMillis(500), // five make a silence
                Duration.ofSeconds(5), // brokers dial again at least once a second
                Duration.ofMinutes(5), // long enough for a machine to be woken and looked at
                Duration.ofSeconds(15),
                Duration.ofSeconds(90), // a cold machine that starts many at once
                Duration.ofSeconds(30),
                Duration.ofMillis(1500), // a failover takes less
                "127.0.0.1");
    }
}
