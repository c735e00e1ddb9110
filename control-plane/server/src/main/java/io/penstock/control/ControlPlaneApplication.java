// SPDX-License-Identifier: Apache-2.0
package io.penstock.control;

import io.penstock.control.lease.LeaseLost;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;
import org.springframework.modulith.Modulithic;
import org.springframework.scheduling.annotation.EnableScheduling;

/// The control plane's composition root.
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@Modulithic(systemName = "Penstock control plane")
@PropertySource("classpath:io/penstock/control/defaults.properties")
public class ControlPlaneApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(ControlPlaneApplication.class, arguments);
    }

    /// A replica that may not act any more ends; whoever supervises it starts it again, with an empty memory.
    @Bean
    ApplicationListener<PayloadApplicationEvent<LeaseLost>> endWithoutLease(ConfigurableApplicationContext context) {
        return event -> Thread.ofPlatform().name("lease-lost").start(context::close);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RandomGenerator randomGenerator() {
        return new SecureRandom();
    }
}
