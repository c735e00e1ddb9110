// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.groups;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.Route;
import io.penstock.api.ConsumerGroup;
import io.penstock.api.GroupLag;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.Chart;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.Live;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.PhaseBadge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One consumer group: how far behind it is, in records and in time, and how that goes; who reads what; and the way
/// to move it.
@Route(value = "clusters/:cluster/groups/:group", layout = ConsoleLayout.class)
class GroupView extends Main implements BeforeEnterObserver, HasDynamicTitle {
    private static final long serialVersionUID = 1L;
    private static final int TREND = 120;

    private final transient Desk desk;
    private final transient LiveFeeds feeds;
    private String cluster = "";
    private String group = "";

    /// The group and its lag, with the lags before it.
    ///
    /// @param trend records behind, oldest first
    record GroupNow(ConsumerGroup group, GroupLag lag, List<Double> trend, Instant at) {
        /// Whether it falls further behind, or catches up.
        String tendency() {
            if (trend.size() < 10) {
                return "";
            }
            double change = trend.getLast() - trend.get(trend.size() - 10);
            return change > 0 ? "growing" : change < 0 ? "shrinking" : lag.lagRecords() == 0 ? "caught up" : "steady";
        }
    }

    GroupView(Desk desk, LiveFeeds feeds) {
        this.desk = desk;
        this.feeds = feeds;
        addClassNames("page", "group-page");
    }

    @Override
    public String getPageTitle() {
        return group + " · Penstock";
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        cluster = event.getRouteParameters().get("cluster").orElse("");
        try {
            group = GroupPaths.decoded(event.getRouteParameters().get("group").orElse(""));
        } catch (IllegalArgumentException e) {
            event.rerouteToError(NotFoundException.class);
            return;
        }
        removeAll();
        var header = new PageHeader(group)
                .under("Clusters", "clusters")
                .under("Cluster", ClusterNavigation.address(cluster))
                .under("Groups", ClusterNavigation.address(cluster, "groups"))
                .action(createReset(), createDelete());
        add(header, new Watched(header));
    }

    private Answer<GroupNow> read(Optional<GroupNow> before, Instant now) {
        return desk.api()
                .read(Kind.CONSUMER_GROUP, GroupPaths.one(cluster, group))
                .then(found -> desk.api()
                        .read(Kind.GROUP_LAG, GroupPaths.one(cluster, group) + "/lag")
                        .map(lag -> {
                            List<Double> trend =
                                    new ArrayList<>(before.map(GroupNow::trend).orElse(List.of()));
                            trend.add((double) lag.lagRecords());
                            int from = Math.max(0, trend.size() - TREND);
                            return new GroupNow(found, lag, List.copyOf(trend.subList(from, trend.size())), now);
                        }));
    }

    /// What changes by itself.
    private final class Watched extends Live {
        private static final long serialVersionUID = 1L;

        private final PageHeader header;
        private final Notice notice = new Notice();
        private final Div content = new Div();
        private final Facts facts = new Facts();
        private final Chart trend = new Chart("Records behind, while you watched", "records");
        private final Grid<GroupLag.Partition> partitions = createPartitions();
        private final Grid<ConsumerGroup.Member> members = createMembers();
        private transient @Nullable GroupNow shown;

        Watched(PageHeader header) {
            this.header = header;
            content.addClassName("content");
            add(notice, content);
            var feed = feeds.<GroupNow>feed(GroupView.this::read);
            listens(ui -> feed.subscribe(state -> ui.access(() -> show(state))));
        }

        private void show(LiveState<GroupNow> state) {
            notice.clear();
            switch (state) {
                case LiveState.Waiting<GroupNow>() -> {}
                case LiveState.Fresh<GroupNow> fresh -> show(fresh.picture());
                case LiveState.Stale<GroupNow> stale -> {
                    notice.warn("The group cannot be asked now; retrying. This is how it was.");
                    show(stale.picture());
                }
                case LiveState.Failed<GroupNow>(var why) -> alone("This group cannot be shown; retrying", why);
                case LiveState.NotAllowed<GroupNow>(var why) -> alone("This key may not see groups", why);
                case LiveState.KeyRefused<GroupNow>() -> alone("Your key is not accepted any more", "Sign in again.");
            }
        }

        private void alone(String title, String why) {
            shown = null;
            content.removeAll();
            content.add(new EmptyState(title, why));
        }

        private void show(GroupNow now) {
            boolean first = shown == null;
            shown = now;
            header.facts(new PhaseBadge(now.group().state()));
            facts.removeAll();
            facts.fact("Behind", now.lag().lagRecords() + " records")
                    .fact(
                            "In time",
                            Optional.ofNullable(now.lag().lagSeconds())
                                    .map(GroupView::seconds)
                                    .orElse("unknown"))
                    .fact("Tendency", now.tendency().isEmpty() ? "watching" : now.tendency())
                    .fact("Kind", now.group().type().toLowerCase(java.util.Locale.ROOT));
            trend.show(now.trend());
            partitions.setItems(now.lag().partitions());
            members.setItems(Optional.ofNullable(now.group().members()).orElse(List.of()));
            if (first) {
                content.removeAll();
                content.add(
                        facts,
                        trend,
                        new Section(new H2("Partitions"), partitions),
                        new Section(new H2("Members"), members));
            }
        }
    }

    static String seconds(double seconds) {
        if (seconds < 1) {
            return seconds <= 0 ? "nothing" : "less than a second";
        }
        var age = Duration.ofSeconds((long) seconds);
        if (age.toMinutes() < 2) {
            return age.toSeconds() + " s";
        }
        return age.toHours() < 2 ? age.toMinutes() + " min" : age.toHours() + " h";
    }

    private static Grid<GroupLag.Partition> createPartitions() {
        var grid = new Grid<GroupLag.Partition>();
        grid.addColumn(one -> one.topic() + "-" + one.partition())
                .setHeader("Partition")
                .setFlexGrow(2);
        grid.addColumn(GroupLag.Partition::lagRecords)
                .setHeader("Records behind")
                .setFlexGrow(1)
                .setSortable(true);
        grid.addColumn(one -> Optional.ofNullable(one.lagSeconds())
                        .map(GroupView::seconds)
                        .orElse("unknown"))
                .setHeader("In time")
                .setFlexGrow(1);
        grid.addColumn(GroupLag.Partition::committedOffset)
                .setHeader("Goes on at")
                .setFlexGrow(1);
        grid.addColumn(GroupLag.Partition::endOffset).setHeader("End").setFlexGrow(1);
        grid.addColumn(one -> Optional.ofNullable(one.memberId()).orElse("nobody"))
                .setHeader("Read by")
                .setFlexGrow(2);
        style(grid);
        return grid;
    }

    private static Grid<ConsumerGroup.Member> createMembers() {
        var grid = new Grid<ConsumerGroup.Member>();
        grid.addColumn(ConsumerGroup.Member::clientId).setHeader("Client").setFlexGrow(1);
        grid.addColumn(ConsumerGroup.Member::host).setHeader("From").setFlexGrow(1);
        grid.addColumn(one -> Optional.ofNullable(one.instanceId()).orElse(""))
                .setHeader("Instance")
                .setFlexGrow(1);
        grid.addColumn(GroupView::assigned).setHeader("Reads").setFlexGrow(3);
        style(grid);
        return grid;
    }

    private static String assigned(ConsumerGroup.Member member) {
        return String.join(
                " · ",
                member.assignments().stream()
                        .map(one -> one.topic() + " " + one.partitions())
                        .toList());
    }

    private static void style(Grid<?> grid) {
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
        grid.setAllRowsVisible(true);
    }

    private Button createReset() {
        var button = new Button("Move offsets", click -> new ResetDialog(desk, cluster, group).open());
        button.setId("reset-offsets");
        return button;
    }

    private Button createDelete() {
        var button = new Button(
                "Delete",
                click -> new ChangeDialog<>(
                                desk,
                                "Delete " + group + "?",
                                "Delete group",
                                Kind.NOTHING,
                                () -> ApiCall.delete(GroupPaths.one(cluster, group)),
                                gone -> getUI().ifPresent(
                                                ui -> ui.navigate(ClusterNavigation.address(cluster, "groups"))))
                        .text("Its offsets are forgotten. Consumers that come back begin where their settings say.")
                        .danger(group)
                        .script(
                                "kafka-consumer-groups",
                                () -> "kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --delete --group "
                                        + group)
                        .open());
        button.addThemeVariants(ButtonVariant.LUMO_ERROR, ButtonVariant.LUMO_TERTIARY);
        return button;
    }
}
