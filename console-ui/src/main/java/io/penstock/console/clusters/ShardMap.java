// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Span;
import io.penstock.console.clusters.ClustersPicture.Line;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import java.util.List;

/// Which broker leads how many shards of a cluster: one square per shard. What a broker just gained is highlighted,
/// what it just lost is shown as a hole. Shards that nobody leads have a line of their own.
final class ShardMap extends Div {
    private static final long serialVersionUID = 1L;

    private final Div lines = new Div();

    ShardMap() {
        addClassName("shard-map");
        lines.addClassName("shard-lines");
        add(new H3("Who leads the shards"), lines);
    }

    void show(Cluster cluster, List<Line> wanted) {
        lines.removeAll();
        wanted.forEach(line -> lines.add(createLine(line)));
        int leaderless = Overview.shardsWithoutLeader(cluster);
        if (leaderless > 0) {
            lines.add(createLeaderless(leaderless));
        }
        setVisible(lines.getChildren().findAny().isPresent());
    }

    private static Div createLine(Line line) {
        var name = new Span("Node " + line.nodeId());
        name.addClassName("shard-node");
        var address = new Span(line.gone() ? "gone" : line.address());
        address.addClassNames("shard-address", "mono");
        var who = new Div(name, address);
        who.addClassName("shard-who");

        int gained = Math.clamp(line.change(), 0, line.shardsLed());
        var cells = new Div();
        cells.addClassName("shard-cells");
        cells.getElement().setAttribute("role", "img");
        cells.getElement()
                .setAttribute("aria-label", "Node " + line.nodeId() + " leads " + Happening.shards(line.shardsLed()));
        addCells(cells, line.shardsLed() - gained, "shard");
        addCells(cells, gained, "shard", "shard-gained");
        addCells(cells, Math.max(0, -line.change()), "shard", "shard-lost");

        var count = new Span(Integer.toString(line.shardsLed()));
        count.addClassName("shard-count");
        var row = new Div(who, cells, count, createChange(line.change()));
        row.addClassName("shard-line");
        row.setClassName("shard-line-gone", line.gone());
        return row;
    }

    private static Span createChange(int change) {
        var text = new Span(change == 0 ? "" : Happening.signed(change));
        text.addClassName("shard-change");
        text.setClassName("shard-change-up", change > 0);
        text.setClassName("shard-change-down", change < 0);
        return text;
    }

    private static Div createLeaderless(int leaderless) {
        var name = new Span("No leader");
        name.addClassName("shard-node");
        var who = new Div(name);
        who.addClassName("shard-who");
        var cells = new Div();
        cells.addClassName("shard-cells");
        addCells(cells, leaderless, "shard", "shard-leaderless");
        var count = new Span(Integer.toString(leaderless));
        count.addClassName("shard-count");
        var row = new Div(who, cells, count, createChange(0));
        row.addClassNames("shard-line", "shard-line-leaderless");
        return row;
    }

    private static void addCells(Div cells, int count, String... classes) {
        for (int i = 0; i < count; i++) {
            var cell = new Span();
            cell.addClassNames(classes);
            cells.add(cell);
        }
    }
}
