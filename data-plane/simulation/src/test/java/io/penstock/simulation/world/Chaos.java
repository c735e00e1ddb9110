// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.simulation.store.StoreFaults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What goes wrong in a world, and when: drawn from the seed, aimed at moments that matter.
final class Chaos {
    private static final long MILLI = 1_000_000;

    private final World world;
    private final StoreFaults everyday;
    private boolean over;
    private boolean ambushing;

    Chaos(World world) {
        this.world = world;
        this.everyday = StoreFaults.drawnFrom(world.chance());
    }

    void start() {
        world.trace().line("CHAOS", "everyday faults of the store: %s", everyday);
        world.store().faults(everyday);
        later(millis(2_500, 5_000), this::killForCertain);
        if (world.scenario().adopted()) {
            later(millis(5_500, 11_000), world::adopt);
        }
        long rest = world.scenario().troubled().toNanos();
        for (int i = 0; i < world.scenario().calamities(); i++) {
            later(2_000 + world.chance().nextLong(rest / MILLI - 2_000), this::strike);
        }
    }

    /// No more faults; what is down comes back.
    void end() {
        over = true;
        world.trace().line("CHAOS", "rests");
        world.store().faults(StoreFaults.none());
        world.store().intercept(null);
        world.controlPlanes().forEach(ControlPlane::start);
        for (SimulatedBroker broker : world.brokers()) {
            broker.thaw();
            broker.mend();
        }
        world.startMissingBrokers();
    }

    boolean isAmbushing() {
        return ambushing;
    }

    void ambushOver() {
        ambushing = false;
    }

    void later(long millis, Runnable task) {
        world.scheduler().after(Duration.ofMillis(millis), () -> {
            if (!over) {
                task.run();
            }
        });
    }

    long millis(long from, long to) {
        return from + world.chance().nextLong(to - from);
    }

    private void strike() {
        if (ambushing) {
            later(700, this::strike);
            return;
        }
        // A mutant's world goes for the one thing that shows it.
        switch (world.scenario().hunted() && world.chance().nextInt(3) == 0
                ? 15
                : world.chance().nextInt(24)) {
            case 0, 1, 2, 3 -> aimed(this::kill);
            case 4, 5, 6, 7 -> aimed(this::freeze);
            case 8 -> aimed(this::cut);
            case 9, 10 -> drain();
            case 11 -> storm();
            case 12, 13 -> controlPlaneAway();
            case 14 -> {
                aimed(this::kill);
                aimed(this::freeze);
            }
            case 15, 16, 17, 18 ->
                ambushing = new Ambush(world, this, world.scenario().ambush()).lay();
            case 19 -> killAll();
            case 20 -> drainAndEnd();
            case 21, 22 -> world.unwantTopic();
            default -> world.wantTopic(1 + world.chance().nextInt(3));
        }
    }

    /// What no world is without: a leader that dies in the middle of its puts, while somebody is there to take over.
    private void killForCertain() {
        Optional<SimulatedBroker> victim = one(broker -> broker.isLinked()
                && world.store().putsInFlight(broker.process()) > 0
                && world.leads(broker)
                && world.brokers().stream()
                        .anyMatch(other -> other != broker
                                && other.isLinked()
                                && other.process().isRunning()));
        if (world.control().isUp() && victim.isPresent()) {
            kill(victim.get());
            later(millis(10, 50), () -> victim.get().home().processEnded(victim.get()));
            later(3_000, () -> {
                if (world.failoversInFlight() == 0) {
                    // Something else came first; without it this world would prove nothing.
                    killForCertain();
                }
            });
        } else {
            later(5, this::killForCertain);
        }
    }

    /// Strikes a broker, mostly at a moment when it waits for answers to puts.
    private void aimed(java.util.function.Consumer<SimulatedBroker> blow) {
        aimed(blow, world.chance().nextInt(4) == 0 ? 0 : 200);
    }

    private void aimed(java.util.function.Consumer<SimulatedBroker> blow, int patience) {
        Optional<SimulatedBroker> target =
                one(broker -> patience == 0 || world.store().putsInFlight(broker.process()) > 0);
        if (target.isPresent()) {
            blow.accept(target.get());
        } else if (patience > 0) {
            later(5, () -> aimed(blow, patience - 1));
        }
    }

    Optional<SimulatedBroker> one(Predicate<SimulatedBroker> which) {
        List<SimulatedBroker> fit = world.brokers().stream()
                .filter(broker -> broker.process().isRunning())
                .filter(which)
                .toList();
        return fit.isEmpty()
                ? Optional.empty()
                : Optional.of(fit.get(world.chance().nextInt(fit.size())));
    }

    void kill(SimulatedBroker broker) {
        broker.kill();
        broker.streamBreaks();
        if (world.chance().nextBoolean()) {
            later(millis(10, 50), () -> broker.home().processEnded(broker));
        }
        later(millis(300, 5_000), world::startMissingBrokers);
    }

    private void killAll() {
        for (SimulatedBroker broker : world.brokers()) {
            broker.thaw();
            kill(broker);
            later(millis(10, 50), () -> broker.home().processEnded(broker));
        }
    }

    /// A broker that is stopped in order: it gives away what it leads, and ends.
    private void drainAndEnd() {
        one(SimulatedBroker::isLinked).ifPresent(broker -> {
            broker.home().drain(broker, Duration.ofSeconds(10));
            later(millis(1_500, 3_000), () -> {
                if (broker.process().isRunning()) {
                    kill(broker);
                }
            });
        });
    }

    private void freeze(SimulatedBroker broker) {
        broker.freeze();
        later(world.chance().nextBoolean() ? millis(200, 3_000) : millis(3_000, 15_000), broker::thaw);
    }

    private void cut(SimulatedBroker broker) {
        broker.cut();
        later(millis(300, 6_000), broker::mend);
    }

    private void drain() {
        one(SimulatedBroker::isLinked)
                .ifPresent(broker -> broker.home().drain(broker, Duration.ofMillis(millis(1_000, 5_000))));
    }

    private void storm() {
        world.trace().line("CHAOS", "the store is out of order");
        world.store().faults(StoreFaults.outage());
        later(millis(500, 4_000), () -> {
            world.trace().line("CHAOS", "the store is back to everyday");
            world.store().faults(everyday);
        });
    }

    private void controlPlaneAway() {
        ControlPlane away = world.control(); // by the time it is back, another one may have adopted the cluster
        away.stop();
        boolean restore = world.chance().nextInt(5) < 2;
        later(millis(500, 8_000), () -> {
            if (!away.isUp() && restore) {
                away.restore();
            }
            away.start();
        });
    }
}
