// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.control.fleet.FleetService;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/// Has fleets with a rule follow their load.
class Autoscaler {
    private static final Logger log = LoggerFactory.getLogger(Autoscaler.class);

    private final FleetService fleets;
    private final PlacementService placement;
    private final LongSupplier nanos;
    private final ScalingRule rule = new ScalingRule();

    Autoscaler(FleetService fleets, PlacementService placement, LongSupplier nanos) {
        this.fleets = fleets;
        this.placement = placement;
        this.nanos = nanos;
    }

    @Scheduled(fixedDelayString = "PT5S", initialDelayString = "PT10S")
    synchronized void look() {
        for (FleetService.Autoscaled fleet : fleets.autoscaled()) {
            double load = placement.load(fleet.id());
            int wanted = rule.wanted(fleet.id(), fleet.rule(), fleet.desired(), load, nanos.getAsLong());
            if (wanted != fleet.desired() && fleets.scaled(fleet.id(), fleet.desired(), wanted)) {
                log.info(
                        "event=fleet_scaled fleet={} from={} to={} bytes_per_second={}",
                        fleet.id(),
                        fleet.desired(),
                        wanted,
                        Math.round(load));
            }
        }
    }
}
