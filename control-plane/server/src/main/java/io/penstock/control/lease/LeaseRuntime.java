// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import io.penstock.control.lease.LeaseRows.State;
import io.penstock.control.lease.LeaseWatch.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/// Holds or awaits the lease in a process. The first look is made while the process starts, so that a replica that is
/// alone serves as soon as it is up.
final class LeaseRuntime implements SmartLifecycle, Lease {
    private static final Logger log = LoggerFactory.getLogger(LeaseRuntime.class);
    /// After the port for brokers is open, before requests come.
    private static final int PHASE = 50;

    private final LeaseRows rows;
    private final LeaseWatch watch;
    private final EpochStampingDataSource database;
    private final Supplier<Replica> self;
    private final ObjectProvider<ActiveDuty> duties;
    private final ApplicationEventPublisher events;
    private final Duration beat;
    private final Duration lifetime;
    private final LongSupplier nanos;

    private Optional<ScheduledExecutorService> loop = Optional.empty();
    private volatile long epoch;
    private volatile long confirmedAt;
    private volatile boolean lost;
    private volatile String secret = "";
    private volatile Map<String, Replica> replicas = Map.of();

    /// @param self this replica, as far as its addresses are known by now
    /// @param nanos a monotonic clock
    LeaseRuntime(
            LeaseRows rows,
            EpochStampingDataSource database,
            Supplier<Replica> self,
            ObjectProvider<ActiveDuty> duties,
            ApplicationEventPublisher events,
            LeaseProperties properties,
            LongSupplier nanos) {
        this.rows = rows;
        this.watch = new LeaseWatch(properties.lifetime(), properties.disconnectedFor(), properties.forgetAfter());
        this.database = database;
        this.self = self;
        this.duties = duties;
        this.events = events;
        this.beat = properties.beat();
        this.lifetime = properties.lifetime();
        this.nanos = nanos;
    }

    @Override
    public boolean held() {
        return epoch > 0 && !lost && nanos.getAsLong() - confirmedAt < lifetime.toNanos();
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public Replica self() {
        Replica mine = self.get();
        return new Replica(
                mine.id(),
                mine.zone(),
                mine.httpAddress(),
                mine.brokerAddress(),
                mine.brokerTlsAddress(),
                mine.startedAt(),
                epoch > 0);
    }

    @Override
    public Optional<Replica> active() {
        return replicas.values().stream().filter(Replica::active).findFirst();
    }

    @Override
    public List<Replica> replicas() {
        return List.copyOf(replicas.values());
    }

    @Override
    public String secret() {
        return secret;
    }

    @Override
    public synchronized void start() {
        database.standBy(self.get().id());
        look();
        ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("lease").daemon().factory());
        loop = Optional.of(clockwork);
        clockwork.scheduleWithFixedDelay(this::lookAgain, beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            log.warn("event=lease_look_failed cause={}", e.toString());
        }
    }

    /// Says that this replica lives, and looks how the lease stands.
    private void look() {
        if (lost) {
            return;
        }
        long asked = nanos.getAsLong();
        rows.beat(self.get());
        State state = rows.look();
        secret = state.secret();
        replicas = state.replicas();
        Look look = state.look();
        boolean mayTake = watch.mayTake(look, nanos.getAsLong());
        if (epoch > 0) {
            if (look.epoch() != epoch) {
                lose("another replica has taken the lease: " + look.holder().orElse("nobody now"));
                return;
            }
            confirmedAt = asked;
            rows.forget(watch.toForget(nanos.getAsLong()));
        } else if (mayTake) {
            rows.take(look, self.get().id()).ifPresent(taken -> act(taken, asked));
        }
    }

    private void act(long taken, long asked) {
        log.info("event=lease_taken replica={} epoch={}", self.get().id(), taken);
        database.actUnder(taken);
        confirmedAt = asked;
        epoch = taken;
        replicas = rows.look().replicas();
        try {
            sorted().forEach(ActiveDuty::begin);
            confirmedAt = nanos.getAsLong();
        } catch (RuntimeException e) {
            log.error("event=duties_not_begun", e);
            lose("the duties of the active replica could not be begun: " + e.getMessage());
        }
    }

    private void lose(String reason) {
        log.error("event=lease_lost replica={} epoch={} reason={}", self.get().id(), epoch, reason);
        lost = true;
        events.publishEvent(new LeaseLost(reason));
    }

    private List<ActiveDuty> sorted() {
        var sorted = new ArrayList<>(duties.stream().toList());
        sorted.sort(Comparator.comparingInt(ActiveDuty::order));
        return sorted;
    }

    @Override
    public synchronized void stop() {
        if (epoch > 0) {
            sorted().reversed().forEach(ActiveDuty::end);
        }
        loop.ifPresent(ScheduledExecutorService::shutdownNow);
        loop = Optional.empty();
        if (!lost) {
            try {
                rows.giveBack(epoch, self.get().id());
            } catch (RuntimeException e) {
                log.warn("event=lease_not_given_back cause={}", e.toString());
            }
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return loop.isPresent();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
