// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Something that changed in a cluster between two readings, in a person's words. Pure.
record Happening(Instant at, String clusterId, Kind kind, String text) {
    enum Kind {
        BROKER_GONE,
        BROKER_CAME,
        SHARDS_MOVED,
        SHARDS_WITHOUT_LEADER,
        ALL_SHARDS_LED,
        PHASE_CHANGED
    }

    /// How many more shards each node leads than before, by node id; only nodes where it changed.
    static Map<Integer, Integer> shifts(Cluster before, Cluster after) {
        var old = led(before);
        var now = led(after);
        var nodes = new TreeSet<>(old.keySet());
        nodes.addAll(now.keySet());
        Map<Integer, Integer> shifts = new TreeMap<>();
        for (var node : nodes) {
            int change = now.getOrDefault(node, 0) - old.getOrDefault(node, 0);
            if (change != 0) {
                shifts.put(node, change);
            }
        }
        return shifts;
    }

    /// Everything worth telling, causes before consequences.
    static List<Happening> between(Cluster before, Cluster after, Instant at) {
        List<Happening> found = new ArrayList<>();
        var old = led(before);
        var now = led(after);
        if (!before.phase().equals(after.phase())) {
            found.add(new Happening(
                    at,
                    after.id(),
                    Kind.PHASE_CHANGED,
                    "Phase " + lower(before.phase()) + " → " + lower(after.phase())));
        }
        old.keySet().stream()
                .filter(node -> !now.containsKey(node))
                .forEach(node -> found.add(new Happening(
                        at,
                        after.id(),
                        Kind.BROKER_GONE,
                        "Node " + node + " is gone; it led " + shards(old.getOrDefault(node, 0)))));
        now.keySet().stream()
                .filter(node -> !old.containsKey(node))
                .forEach(node -> found.add(new Happening(at, after.id(), Kind.BROKER_CAME, "Node " + node + " came")));
        // What a broker that is gone led has been told already.
        var shifts = shifts(before, after);
        shifts.keySet().retainAll(now.keySet());
        if (!shifts.isEmpty()) {
            found.add(new Happening(
                    at,
                    after.id(),
                    Kind.SHARDS_MOVED,
                    "Shards led: "
                            + shifts.entrySet().stream()
                                    .map(shift -> "node " + shift.getKey() + " " + signed(shift.getValue()))
                                    .collect(Collectors.joining(", "))));
        }
        int leaderless = Overview.shardsWithoutLeader(after);
        int leaderlessBefore = Overview.shardsWithoutLeader(before);
        if (leaderless > leaderlessBefore) {
            found.add(new Happening(
                    at, after.id(), Kind.SHARDS_WITHOUT_LEADER, shards(leaderless) + " without a leader"));
        } else if (leaderless == 0 && leaderlessBefore > 0) {
            found.add(new Happening(at, after.id(), Kind.ALL_SHARDS_LED, "Every shard has a leader again"));
        }
        return found;
    }

    static String signed(int change) {
        // A true minus sign, as wide as the plus.
        return change < 0 ? "−" + -change : "+" + change;
    }

    static String shards(int count) {
        return count == 1 ? "1 shard" : count + " shards";
    }

    private static String lower(String phase) {
        return phase.toLowerCase(Locale.ROOT);
    }

    private static Map<Integer, Integer> led(Cluster cluster) {
        return cluster.shares().stream()
                .collect(Collectors.toMap(Share::nodeId, Share::shardsLed, Integer::sum, TreeMap::new));
    }
}
