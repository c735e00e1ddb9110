// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.groups;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.ConsumerGroup;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterTab;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.PhaseBadge;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.annotation.Order;

/// The consumer groups on a cluster's page.
@SpringComponent
@VaadinSessionScope
@Order(25)
class GroupsTab implements ClusterTab {
    private final Desk desk;

    GroupsTab(Desk desk) {
        this.desk = desk;
    }

    @Override
    public String path() {
        return "groups";
    }

    @Override
    public String title() {
        return "Groups";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        var content = new Div();
        content.addClassName("groups");
        desk.into(content, desk.api().all(Kind.CONSUMER_GROUP, GroupPaths.all(cluster.id()), Map.of()), groups -> {
            if (groups.isEmpty()) {
                content.add(
                        new EmptyState(
                                "No consumer groups yet",
                                "A group is here as soon as a consumer with a group.id has joined, or offsets were committed."));
                return;
            }
            var grid = new Grid<ConsumerGroup>();
            grid.addComponentColumn(group -> new Anchor(GroupPaths.address(cluster.id(), group.id()), group.id()))
                    .setHeader("Group")
                    .setFlexGrow(3);
            grid.addComponentColumn(group -> new PhaseBadge(group.state()))
                    .setHeader("State")
                    .setAutoWidth(true)
                    .setFlexGrow(0);
            grid.addColumn(group -> group.type().toLowerCase(Locale.ROOT))
                    .setHeader("Kind")
                    .setFlexGrow(1);
            grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
            grid.addClassName("table-frame");
            grid.setItems(groups);
            grid.setAllRowsVisible(groups.size() <= 25);
            content.add(grid);
        });
        return content;
    }
}
