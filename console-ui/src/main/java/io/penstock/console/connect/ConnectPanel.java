// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.connect;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Connection;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.CodeBlock;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.Live;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a client has to be told, for the client one has.
final class ConnectPanel extends Div {
    private static final long serialVersionUID = 1L;

    private static final List<Client> CLIENTS = List.of(
            new Client("java", "Java"),
            new Client("spring", "Spring Boot"),
            new Client("python", "Python"),
            new Client("go", "Go"),
            new Client("node", "Node"),
            new Client("kcat", "kcat"),
            new Client("rpk", "rpk"),
            new Client("terraform", "Terraform"));

    private final transient Desk desk;
    private final transient LiveFeeds feeds;
    private final String cluster;
    private final Div shown = new Div();

    private record Client(String id, String title) {}

    ConnectPanel(Desk desk, LiveFeeds feeds, Resource<ClusterSpec, ClusterStatus> cluster) {
        this.desk = desk;
        this.feeds = feeds;
        this.cluster = cluster.id();
        addClassNames("connect", "card");
        var tabs = new Tabs();
        CLIENTS.forEach(client -> tabs.add(new Tab(client.title)));
        tabs.addSelectedChangeListener(selected -> show(CLIENTS.get(tabs.getSelectedIndex())));
        tabs.setId("clients");
        shown.addClassName("content");
        add(new H2("Any Kafka client works"));
        if (!"OPEN_ON_LOOPBACK".equals(cluster.spec().authentication())) {
            add(createCredentialHint());
        }
        add(tabs, shown, new FirstRecord(desk, feeds, cluster.id()));
        show(CLIENTS.getFirst());
    }

    private Paragraph createCredentialHint() {
        var link = new Anchor(ClusterNavigation.address(cluster, "access"), "Access");
        var hint = new Paragraph();
        hint.add("Clients say who they are here. Make a service account and its credential under ");
        hint.add(link);
        hint.add(", and put its user name and secret where the lines below say so.");
        hint.addClassName("quiet");
        return hint;
    }

    private void show(Client client) {
        shown.removeAll();
        var path = ClusterNavigation.path(cluster) + "/connection?client=" + client.id();
        shown.add(new Watched(feeds.feed((before, now) -> desk.api().read(Kind.CONNECTION, path))));
    }

    /// A cluster that was just made has nobody to connect to yet; a moment later it has.
    private static final class Watched extends Live {
        private static final long serialVersionUID = 1L;

        private transient @Nullable LiveState<Connection> last;

        Watched(LiveFeed<Connection> feed) {
            addClassName("content");
            listens(ui -> feed.subscribe(state -> ui.access(() -> show(state))));
        }

        private void show(LiveState<Connection> state) {
            var before = Optional.ofNullable(last).flatMap(LiveState::shown);
            last = state;
            if (state instanceof LiveState.Failed<Connection>(var why)) {
                removeAll();
                add(new EmptyState("Not yet", why + " This page follows."));
            }
            state.shown().filter(now -> !before.equals(Optional.of(now))).ifPresent(this::show);
        }

        private void show(Connection connection) {
            removeAll();
            var servers = new CopyText("bootstrap servers");
            servers.show(connection.bootstrapServers());
            add(
                    new Facts()
                            .fact("Bootstrap servers", servers)
                            .fact("Security protocol", connection.securityProtocol()),
                    new CodeBlock("the lines for this client", connection.snippet()));
        }
    }
}
