// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.control.fleet.BrokerRegistry;
import io.penstock.control.fleet.FleetService;
import io.penstock.control.metalog.MetalogService;
import java.time.Clock;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the placement module together.
@Configuration(proxyBeanMethods = false)
class PlacementConfiguration {

    @Bean
    BrokerLoads brokerLoads(DataSource database) {
        return new BrokerLoads(database);
    }

    @Bean
    Autoscaler autoscaler(FleetService fleets, PlacementService placement) {
        return new Autoscaler(fleets, placement, System::nanoTime);
    }

    @Bean
    PlacementService placementService(MetalogService metalog, BrokerRegistry registry, BrokerLoads loads, Clock clock) {
        return new PlacementService(
                metalog,
                registry,
                loads,
                PlacementSettings.defaults(),
                clock,
                System::nanoTime,
                Executors.newVirtualThreadPerTaskExecutor());
    }
}
