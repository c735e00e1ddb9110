// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;

/// A drill's numbers.
///
/// @param warmUp load before the blow
/// @param blow how long what is frozen or held down stays so
/// @param after load after the blow is over
/// @param coordinatorToo whether the victim also coordinates the drill's consumer group
/// @param brokerToo whether a broker dies as well while the control plane is away
public record DrillSettings(
        Duration warmUp,
        Duration blow,
        Duration after,
        int partitions,
        int recordsPerSecond,
        int recordBytes,
        boolean coordinatorToo,
        boolean brokerToo) {

    /// Spreads `duration` over the phases of this kind of drill.
    public static DrillSettings of(
            DrillKind kind, Duration duration, int partitions, boolean coordinatorToo, boolean brokerToo) {
        Duration blow = switch (kind) {
            case BROKER_KILL, ALL_BROKERS_KILL, ZONE_KILL, SCALE -> Duration.ZERO;
            case BROKER_FREEZE, CONTROL_PLANE_KILL, BUCKET_SLOW, BUCKET_ERRORS -> duration;
        };
        Duration longest = Duration.ofSeconds(20);
        boolean brief = kind.hurtsBucket() && duration.compareTo(longest) < 0;
        Duration rest = blow.isZero() || brief ? duration : longest;
        return new DrillSettings(
                rest.dividedBy(3),
                blow,
                rest.dividedBy(3).multipliedBy(2),
                partitions,
                5000,
                1024,
                coordinatorToo,
                brokerToo);
    }

    static Duration defaultDuration(DrillKind kind) {
        return switch (kind) {
            case BROKER_KILL, ALL_BROKERS_KILL, ZONE_KILL, SCALE -> Duration.ofSeconds(20);
            case BROKER_FREEZE, CONTROL_PLANE_KILL -> Duration.ofSeconds(60);
            case BUCKET_SLOW, BUCKET_ERRORS -> Duration.ofMinutes(5);
        };
    }
}
