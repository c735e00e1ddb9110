// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What is to be done to bring a fleet to its desired size and its processes to their phases. Pure.
///
/// A lost broker's node id is free, so its replacement takes it over, and with it the ports. A suspected broker
/// keeps its own; its replacement gets another. Brokers are spread over the fleet's zones: a new one starts where
/// fewest are, and one leaves where most are.
///
/// @param start brokers to be started
/// @param stop brokers to be asked to leave
/// @param kill brokers whose patience is over
/// @param retire woken zombies that nobody needs
/// @param welcome woken zombies that are needed
record FleetPlan(List<Start> start, List<String> stop, List<String> kill, List<String> retire, List<String> welcome) {
    FleetPlan {
        start = List.copyOf(start);
        stop = List.copyOf(stop);
        kill = List.copyOf(kill);
        retire = List.copyOf(retire);
        welcome = List.copyOf(welcome);
    }

    /// @param zone empty if the fleet has none
    record Start(int nodeId, String zone) {}

    /// What is known of a fleet.
    ///
    /// @param wish what it should be
    /// @param brokers those whose life is not over
    /// @param woken suspected brokers that speak again, and since when
    /// @param reincarnated woken ones that have reported a new incarnation since
    /// @param retiring those that were told to retire
    /// @param watchedSince when this control plane began to listen
    record Situation(
            FleetWish wish,
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
        // Whoever joins by itself is neither called nor sent away.
        int desired = fleet.wish.isManaged() ? fleet.wish.brokers() : size;
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
                        if (size < desired || !fleet.wish.isManaged()) {
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
        var byZone = new HashMap<String, Integer>();
        counting.forEach(broker -> byZone.merge(broker.zone(), 1, Integer::sum));
        var start = new ArrayList<Start>();
        for (int nodeId = 0; size + start.size() < desired; nodeId++) {
            if (taken.add(nodeId)) {
                String zone = emptiest(fleet.wish.zones(), byZone);
                byZone.merge(zone, 1, Integer::sum);
                start.add(new Start(nodeId, zone));
            }
        }
        int tooMany = fleet.wish.isManaged() ? size - desired : 0;
        return new FleetPlan(start, stop(fleet.wish.zones(), counting, byZone, tooMany), kill, retire, welcome);
    }

    private static String emptiest(List<String> zones, Map<String, Integer> byZone) {
        return zones.stream()
                .min(Comparator.comparingInt(zone -> byZone.getOrDefault(zone, 0)))
                .orElse("");
    }

    /// Brokers outside of the fleet's zones leave first, then those of the fullest zone; of these the highest node id.
    private static List<String> stop(
            List<String> zones, List<Broker> counting, Map<String, Integer> byZone, int tooMany) {
        var staying = new ArrayList<>(counting);
        var leaving = new ArrayList<String>();
        while (leaving.size() < tooMany && !staying.isEmpty()) {
            Broker next = Collections.max(
                    staying,
                    Comparator.comparing((Broker broker) -> !zones.isEmpty() && !zones.contains(broker.zone()))
                            .thenComparingInt(broker -> zones.isEmpty() ? 0 : byZone.getOrDefault(broker.zone(), 0))
                            .thenComparingInt(Broker::nodeId));
            staying.remove(next);
            byZone.merge(next.zone(), -1, Integer::sum);
            leaving.add(next.id());
        }
        return leaving;
    }

    private static boolean isOver(Duration spent, Duration patience) {
        return spent.compareTo(patience) >= 0;
    }
}
