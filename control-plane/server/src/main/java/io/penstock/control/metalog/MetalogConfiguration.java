// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.control.storage.BucketService;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.MetalogTimer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/// Puts the metalog module together.
@Configuration(proxyBeanMethods = false)
class MetalogConfiguration {

    /// Not a bean as an executor: it would take the place of the application's own.
    @Bean
    MetalogTimer metalogTimer() {
        ScheduledExecutorService delays = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("delays").daemon().factory());
        return (Duration delay, Executor actor, Runnable task) ->
                delays.schedule(() -> actor.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Bean
    MetalogService metalogService(
            DataSource database,
            PlatformTransactionManager transactionManager,
            BucketService buckets,
            ObjectProvider<EntryAudience> audience,
            ApplicationEventPublisher events,
            MetalogTimer timer,
            Clock clock,
            RandomGenerator random,
            MeterRegistry meters) {
        return new MetalogService(
                database,
                transactionManager,
                buckets::store,
                (clusterId, entry) -> tell(audience, clusterId, entry),
                events,
                MetalogSettings.defaults(),
                timer,
                Executors.newVirtualThreadPerTaskExecutor(),
                clock,
                random,
                meters);
    }

    /// Brokers need the metalog, and the metalog tells brokers: the second is looked up when there is something
    /// to tell.
    private static CompletableFuture<Void> tell(
            ObjectProvider<EntryAudience> audience, String clusterId, EncodedEntry entry) {
        EntryAudience present = audience.getIfAvailable();
        return present == null ? CompletableFuture.completedFuture(null) : present.stored(clusterId, entry);
    }
}
