// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import com.vaadin.flow.spring.annotation.EnableVaadin;
import io.penstock.console.gateway.HttpPenstockGateway;
import io.penstock.console.gateway.PenstockGateway;
import io.penstock.console.live.LiveFeeds;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.Environment;

/// The console's composition root: add this to any Spring Boot web application, and it serves the console under
/// `/console`. It works through the public API alone, also when that is in the same process.
@Configuration(proxyBeanMethods = false)
@ComponentScan
@EnableVaadin("io.penstock.console")
@PropertySource("classpath:io/penstock/console/defaults.properties")
public class ConsoleConfiguration {

    @Bean
    PenstockGateway penstockGateway(Environment environment) {
        var settings = settings(environment);
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.patience())
                .build();
        return new HttpPenstockGateway(client, settings.apiUrl(), settings.patience());
    }

    // Its threads are no beans: this context may be shared with the control plane, whose own schedules would run on
    // them.
    @Bean(destroyMethod = "close")
    LiveFeeds liveFeeds(Environment environment) {
        var timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("console-timer").factory());
        var reads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("console-read-", 0).factory());
        return new LiveFeeds(
                timer, reads, InstantSource.system(), settings(environment).refresh());
    }

    // Read when it is first needed: a server on a random port knows its port only then.
    private static ConsoleSettings settings(Environment environment) {
        return new ConsoleSettings(
                environment.getRequiredProperty("penstock.console.api-url", URI.class),
                environment.getRequiredProperty("penstock.console.refresh", Duration.class),
                environment.getRequiredProperty("penstock.console.patience", Duration.class));
    }
}
