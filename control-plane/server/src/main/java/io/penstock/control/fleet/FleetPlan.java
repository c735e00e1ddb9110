// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What is to be done to bring a fleet to its desired size and its processes to their phases. Pure.
///
/// A lost broker's node id is free, so its replacement takes it over, and with it the ports. A suspected broker
/// keeps its own; its replacement gets another.
///
/// @param start node ids of brokers to be started
/// @param stop brokers to be asked to leave
/// @param kill brokers whose patience is over
/// @param retire woken zombies that nobody needs
/// @param welcome woken zombies that are needed
record FleetPlan(List<Integer> start, List<String> stop, List<String> kill, List<String> retire, List<String> welcome) {
    FleetPlan {
        start = List.copyOf(start);
        stop = List.copyOf(stop);
        kill = List.copyOf(kill);
        retire = List.copyOf(retire);
        welcome = List.copyOf(welcome);
    }

    /// What is known of a fleet.
    ///
    /// @param desired how many brokers are wanted
    /// @param brokers those whose life is not over
    /// @param woken suspected brokers that speak again, and since when
    /// @param reincarnated woken ones that have reported a new incarnation since
    /// @param retiring those that were told to retire
    /// @param watchedSince when this control plane began to listen
    record Situation(
            int desired,
            Collection<Broker> brokers,
            Map<String, Instant> woken,
            Set<String> reincarnated,
            Set<String> retiring,
            Instant watchedSince) {}

    static FleetPlan of(Situation fleet, FleetSettings settings, Instant now) {
        List<Broker> counting = fleet.brokers.stream()
                .filter(broker -> broker.phase().countsTowardsSize())
                .sorted(Comparator.comparingInt(Broker::nodeId))
                .toList();

        var kill = new ArrayList<String>();
        var retire = new ArrayList<String>();
        var welcome = new ArrayList<String>();
        int size = counting.size();
        for (Broker broker : fleet.brokers) {
            // What a broker cannot do without a control plane it is given time for when there is one again.
            Instant since = broker.phaseSince().isAfter(fleet.watchedSince) ? broker.phaseSince() : fleet.watchedSince;
            Duration inPhase = Duration.between(since, now);
            switch (broker.phase()) {
                case STARTING -> {
                    // Else the wish was written and, as far as anybody knows, not carried out.
                    boolean seen = broker.process().isPresent()
                            || broker.sessionTokenHash().isPresent();
                    Duration patience = seen ? settings.startPatience() : settings.rejoinGrace();
                    if (isOver(inPhase, patience)) {
                        kill.add(broker.id());
                    }
                }
                case DRAINING -> {
                    if (isOver(inPhase, settings.drainPatience())) {
                        kill.add(broker.id());
                    }
                }
                case SUSPECTED -> {
                    Instant woken = fleet.woken.get(broker.id());
                    boolean retiring = fleet.retiring.contains(broker.id());
                    if (woken == null || retiring) {
                        if (isOver(inPhase, settings.zombiePatience())) {
                            kill.add(broker.id());
                        }
                    } else if (fleet.reincarnated.contains(broker.id())
                            || isOver(Duration.between(woken, now), settings.wakePatience())) {
                        if (size < fleet.desired) {
                            welcome.add(broker.id());
                            size++;
                        } else {
                            retire.add(broker.id());
                        }
                    }
                }
                case SERVING, LOST, RETIRED -> {}
            }
        }

        var taken = new TreeSet<Integer>();
        fleet.brokers.forEach(broker -> taken.add(broker.nodeId()));
        var start = new ArrayList<Integer>();
        for (int nodeId = 0; size + start.size() < fleet.desired; nodeId++) {
            if (taken.add(nodeId)) {
                start.add(nodeId);
            }
        }
        var stop = counting.stream()
                .skip(Math.max(0, fleet.desired - (size - counting.size())))
                .map(Broker::id)
                .toList();
        return new FleetPlan(start, stop, kill, retire, welcome);
    }

    private static boolean isOver(Duration spent, Duration patience) {
        return spent.compareTo(patience) >= 0;
    }
}
