// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import io.penstock.console.clusters.Overview.ClusterOfTenant;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What the clusters view shows: how things are, and what has changed while somebody watched. Pure: the next picture
/// is made of this one and a new reading.
///
/// @param shifts changes of leadership that are still highlighted
/// @param happenings newest first
record ClustersPicture(Overview overview, Instant at, List<Shift> shifts, List<Happening> happenings) {
    /// Long enough to be seen by someone who looked away for a moment.
    static final Duration HIGHLIGHT = Duration.ofSeconds(12);

    static final int HAPPENINGS_OF_A_CLUSTER = 6;
    private static final int HAPPENINGS_KEPT = 200;

    ClustersPicture {
        shifts = List.copyOf(shifts);
        happenings = List.copyOf(happenings);
    }

    /// One node leads more or fewer shards of one cluster since then.
    record Shift(Instant at, String clusterId, int nodeId, String address, int change) {}

    /// One line of a cluster's shard map.
    ///
    /// @param change since a moment ago; 0 when nothing is to be highlighted
    /// @param gone does not serve the cluster any more, and is shown for a moment so that one sees whose
    ///   shards moved
    record Line(int nodeId, String address, String zone, int shardsLed, int change, boolean gone) {}

    static ClustersPicture first(Overview overview, Instant at) {
        return new ClustersPicture(overview, at, List.of(), List.of());
    }

    ClustersPicture then(Overview next, Instant now) {
        List<Shift> highlighted = new ArrayList<>();
        shifts.stream().filter(shift -> shift.at().plus(HIGHLIGHT).isAfter(now)).forEach(highlighted::add);
        List<Happening> news = new ArrayList<>();
        for (var row : next.clusters()) {
            overview.cluster(row.cluster().id()).ifPresent(before -> {
                Happening.shifts(before, row.cluster())
                        .forEach((node, change) -> highlighted.add(new Shift(
                                now, row.cluster().id(), node, address(before, row.cluster(), node), change)));
                news.addAll(Happening.between(before, row.cluster(), now));
            });
        }
        var newestFirst = Stream.concat(news.reversed().stream(), happenings.stream())
                .limit(HAPPENINGS_KEPT)
                .toList();
        return new ClustersPicture(next, now, highlighted, newestFirst);
    }

    /// A cluster's shard map, by node id.
    List<Line> lines(Cluster cluster) {
        Map<Integer, Integer> changes = new HashMap<>();
        Map<Integer, String> addresses = new HashMap<>();
        shifts.stream().filter(shift -> shift.clusterId().equals(cluster.id())).forEach(shift -> {
            changes.merge(shift.nodeId(), shift.change(), Integer::sum);
            addresses.put(shift.nodeId(), shift.address());
        });
        List<Line> lines = new ArrayList<>();
        for (var share : cluster.shares()) {
            var change = changes.getOrDefault(share.nodeId(), 0);
            lines.add(new Line(share.nodeId(), share.address(), share.zone(), share.shardsLed(), change, false));
            addresses.remove(share.nodeId());
        }
        addresses.forEach(
                (node, address) -> lines.add(new Line(node, address, "", 0, changes.getOrDefault(node, 0), true)));
        lines.sort(Comparator.comparingInt(Line::nodeId));
        return List.copyOf(lines);
    }

    /// The newest of what happened to a cluster, newest first.
    List<Happening> happenings(Cluster cluster) {
        return happenings.stream()
                .filter(happening -> happening.clusterId().equals(cluster.id()))
                .limit(HAPPENINGS_OF_A_CLUSTER)
                .toList();
    }

    /// One cluster's part of the picture: equal when its card has nothing new to show.
    Card card(ClusterOfTenant row) {
        return new Card(
                row.cluster(),
                row.tenant(),
                lines(row.cluster()),
                happenings(row.cluster()).stream()
                        .map(happening -> new Told(happening.text(), happening.kind(), ago(happening.at())))
                        .toList());
    }

    record Card(Cluster cluster, String tenant, List<Line> lines, List<Told> told) {}

    record Told(String text, Happening.Kind kind, String ago) {}

    private String ago(Instant then) {
        return ago(Duration.between(then, at));
    }

    /// Coarse on purpose: a page that changes every second must not make people read every second.
    static String ago(Duration age) {
        if (age.toSeconds() < 5) {
            return "just now";
        }
        if (age.toSeconds() < 60) {
            return age.toSeconds() / 5 * 5 + " s ago";
        }
        return age.toMinutes() < 60 ? age.toMinutes() + " min ago" : age.toHours() + " h ago";
    }

    private static String address(Cluster before, Cluster after, int node) {
        return Stream.concat(after.shares().stream(), before.shares().stream())
                .filter(share -> share.nodeId() == node)
                .map(Share::address)
                .findFirst()
                .orElse("");
    }
}
