// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.control.fleet.BrokerRegistry;
import io.penstock.control.fleet.FleetReconciler;
import io.penstock.control.lease.Lease;
import io.penstock.control.metalog.MetalogService;
import io.penstock.control.placement.BrokerLoads;
import io.penstock.control.placement.PlacementService;
import io.penstock.metadata.MetalogTimer;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the failover module together.
@Configuration(proxyBeanMethods = false)
class FailoverConfiguration {

    @Bean
    FailoverService failoverService(
            MetalogService metalog,
            BrokerRegistry registry,
            FleetReconciler reconciler,
            BrokerLoads loads,
            DetectorProperties properties,
            MetalogTimer timer,
            MeterRegistry meters) {
        return new FailoverService(
                metalog,
                registry,
                reconciler::liveness,
                loads,
                properties.settings(),
                System::nanoTime,
                timer,
                Executors.newVirtualThreadPerTaskExecutor(),
                meters);
    }

    @Bean
    ControlLoops controlLoops(Lease lease, FailoverService failover, PlacementService placement) {
        return new ControlLoops(lease, failover, placement);
    }
}
