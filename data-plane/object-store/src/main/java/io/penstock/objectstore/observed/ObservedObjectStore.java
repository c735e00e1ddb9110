// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// A store that is measured, whose requests end in bounded time, and whose reads and deletes are tried again.
///
/// The one place of time-outs and retries. A put is sent once: whoever puts decides what to do about an unknown
/// outcome.
public final class ObservedObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedObjectStore.class);

    private final ObjectStore store;
    private final String name;
    private final ObservedSettings settings;
    private final ScheduledExecutorService scheduler;
    private final RandomGenerator random;
    private final StoreMeters meters;
    private final StoreHealth health;
    private final HealthListener listener;
    private final MeterRegistry registry;
    private final Optional<Gauge> gauge;
    private volatile HealthState healthState = HealthState.HEALTHY;

    /// @param name what the health metric and the log call this store; not a secret
    /// @param scheduler for time-outs and pauses; not closed with the store
    /// @param random for the length of pauses; used by several threads, one at a time
    /// @param registry its clock measures the latencies
    /// @param listener hears of changes of health
    public ObservedObjectStore(
            ObjectStore store,
            String name,
            ObservedSettings settings,
            HealthSettings healthSettings,
            ScheduledExecutorService scheduler,
            RandomGenerator random,
            MeterRegistry registry,
            HealthListener listener) {
        this.store = store;
        this.name = name;
        this.settings = settings;
        this.scheduler = scheduler;
        this.random = random;
        this.meters = new StoreMeters(registry);
        this.health = new StoreHealth(healthSettings);
        this.listener = listener;
        this.registry = registry;
        this.gauge = registerHealth();
    }

    /// Of several connections to one place the first shows its health; they are equally well.
    private Optional<Gauge> registerHealth() {
        String meter = StoreMetric.HEALTH.meterName();
        if (registry.find(meter).tag("store", name).gauge() != null) {
            return Optional.empty();
        }
        return Optional.of(
                Gauge.builder(meter, this, observed -> observed.health().value())
                        .description(StoreMetric.HEALTH.description())
                        .tag("store", name)
                        .register(registry));
    }

    /// How well the store answers now.
    public HealthState health() {
        return healthState;
    }

    /// What an outcome means for metrics and retries.
    private record Reading(String code, long bytes, boolean error) {}

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        long size = bytes.remaining();
        return once(
                StoreOperation.PUT,
                () -> store.put(key, bytes, condition),
                settings.putTimeout(),
                PutOutcome.Unknown::new,
                outcome -> switch (outcome) {
                    case PutOutcome.Stored _ -> new Reading("stored", size, false);
                    case PutOutcome.Refused _ -> new Reading("refused", 0, false);
                    case PutOutcome.Unknown _ -> new Reading("unknown", 0, true);
                });
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return get(() -> store.get(key));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return get(() -> store.get(key, range));
    }

    private CompletableFuture<GetOutcome> get(Supplier<CompletableFuture<GetOutcome>> request) {
        return repeatedly(
                StoreOperation.GET,
                request,
                settings.readTimeout(),
                GetOutcome.Failed::new,
                outcome -> switch (outcome) {
                    case GetOutcome.Found found ->
                        new Reading("found", found.bytes().remaining(), false);
                    case GetOutcome.Absent _ -> new Reading("absent", 0, false);
                    case GetOutcome.Failed _ -> new Reading("failed", 0, true);
                });
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return repeatedly(
                StoreOperation.HEAD,
                () -> store.head(key),
                settings.readTimeout(),
                HeadOutcome.Failed::new,
                outcome -> switch (outcome) {
                    case HeadOutcome.Found _ -> new Reading("found", 0, false);
                    case HeadOutcome.Absent _ -> new Reading("absent", 0, false);
                    case HeadOutcome.Failed _ -> new Reading("failed", 0, true);
                });
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        ListOutcome.requireLimit(limit);
        return repeatedly(
                StoreOperation.LIST,
                () -> store.list(prefix, after, limit),
                settings.readTimeout(),
                ListOutcome.Failed::new,
                outcome -> switch (outcome) {
                    case ListOutcome.Listed _ -> new Reading("listed", 0, false);
                    case ListOutcome.Failed _ -> new Reading("failed", 0, true);
                });
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return repeatedly(
                StoreOperation.DELETE,
                () -> store.delete(key),
                settings.putTimeout(),
                DeleteOutcome.Unknown::new,
                outcome -> switch (outcome) {
                    case DeleteOutcome.Deleted _ -> new Reading("deleted", 0, false);
                    case DeleteOutcome.Unknown _ -> new Reading("unknown", 0, true);
                });
    }

    private <T> CompletableFuture<T> repeatedly(
            StoreOperation operation,
            Supplier<CompletableFuture<T>> request,
            Duration timeout,
            Function<Throwable, ? extends T> failure,
            Function<? super T, Reading> reading) {
        return attempt(1, operation, request, timeout, failure, reading);
    }

    private <T> CompletableFuture<T> attempt(
            int number,
            StoreOperation operation,
            Supplier<CompletableFuture<T>> request,
            Duration timeout,
            Function<Throwable, ? extends T> failure,
            Function<? super T, Reading> reading) {
        return once(operation, request, timeout, failure, reading).thenCompose(outcome -> {
            if (number == settings.attempts() || !reading.apply(outcome).error()) {
                return CompletableFuture.completedFuture(outcome);
            }
            return afterPause(number + 1)
                    .thenCompose(_ -> attempt(number + 1, operation, request, timeout, failure, reading))
                    // The scheduler is shut down: what we have is the answer.
                    .exceptionally(_ -> outcome);
        });
    }

    private CompletableFuture<Void> afterPause(int attempt) {
        CompletableFuture<Void> after = new CompletableFuture<>();
        long nanos;
        synchronized (random) {
            nanos = (long)
                    (random.nextDouble() * settings.backoffBefore(attempt).toNanos());
        }
        try {
            scheduler.schedule(() -> after.complete(null), nanos, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            after.completeExceptionally(e);
        }
        return after;
    }

    private <T> CompletableFuture<T> once(
            StoreOperation operation,
            Supplier<CompletableFuture<T>> request,
            Duration timeout,
            Function<Throwable, ? extends T> failure,
            Function<? super T, Reading> reading) {
        long begun = meters.clock().monotonicTime();
        CompletableFuture<T> answer = new CompletableFuture<>();
        CompletableFuture<T> sent;
        try {
            sent = request.get();
        } catch (RuntimeException e) {
            sent = CompletableFuture.completedFuture(failure.apply(e));
        }
        if (!sent.isDone()) {
            Future<?> alarm = alarm(operation, timeout, answer, failure);
            sent = sent.whenComplete((_, _) -> alarm.cancel(false));
        }
        sent.whenComplete(
                (outcome, unexpected) -> answer.complete(unexpected == null ? outcome : failure.apply(unexpected)));
        return answer.whenComplete((outcome, _) -> {
            long now = meters.clock().monotonicTime();
            Duration latency = Duration.ofNanos(now - begun);
            Reading read = reading.apply(outcome);
            meters.answered(operation, read.code(), latency, read.bytes(), read.error());
            judge(now, latency, read.error());
        });
    }

    private <T> Future<?> alarm(
            StoreOperation operation,
            Duration timeout,
            CompletableFuture<T> answer,
            Function<Throwable, ? extends T> failure) {
        try {
            return scheduler.schedule(
                    () -> answer.complete(failure.apply(
                            new TimeoutException("no answer to a " + operation.label() + " within " + timeout))),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            // The scheduler is shut down: nothing can be bounded any more.
            answer.complete(failure.apply(e));
            return CompletableFuture.completedFuture(null);
        }
    }

    private void judge(long nowNanos, Duration latency, boolean error) {
        HealthState before;
        HealthState now;
        synchronized (health) {
            before = health.state();
            now = health.answered(nowNanos, latency.toNanos(), error);
            healthState = now;
        }
        if (before != now) {
            LOG.atLevel(now.value() < before.value() ? Level.WARN : Level.INFO)
                    .log("event=object_store_health store={} before={} now={}", name, before, now);
            listener.healthChanged(before, now);
        }
    }

    @Override
    public void close() {
        gauge.ifPresent(registry::remove);
        store.close();
    }
}
