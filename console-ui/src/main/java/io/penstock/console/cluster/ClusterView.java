// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.cluster;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouterLink;
import com.vaadin.flow.shared.Registration;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.PhaseBadge;
import io.penstock.console.signin.SignInNavigation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cluster's page: how it is, this second, above the tab that the address names.
@Route(value = "clusters/:cluster/:tab?", layout = ConsoleLayout.class)
class ClusterView extends Main implements BeforeEnterObserver, HasDynamicTitle {
    private static final long serialVersionUID = 1L;

    private final transient List<ClusterTab> tabs;
    private final transient Desk desk;
    private final transient LiveFeeds feeds;
    private final transient SignInNavigation signIn;

    private final PageHeader header = new PageHeader("Cluster").under("Clusters", "clusters");
    private final Notice notice = new Notice();
    private final Paragraph trouble = new Paragraph();
    private final Tabs bar = new Tabs();
    private final Div content = new Div();
    private String id = "";
    private String name = "Cluster";
    private String shownTab = "";
    private transient @Nullable LiveFeed<Resource<ClusterSpec, ClusterStatus>> feed;
    private transient @Nullable Registration subscription;

    ClusterView(List<ClusterTab> tabs, Desk desk, LiveFeeds feeds, SignInNavigation signIn) {
        this.tabs = tabs;
        this.desk = desk;
        this.feeds = feeds;
        this.signIn = signIn;
        addClassNames("page", "cluster-page");
        trouble.addClassName("trouble");
        trouble.setVisible(false);
        content.addClassName("content");
        add(header, notice, trouble, bar, content);
    }

    @Override
    public String getPageTitle() {
        return name + " · Penstock";
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        var parameters = event.getRouteParameters();
        id = parameters.get("cluster").orElse("");
        shownTab = parameters.get("tab").orElse(tabs.getFirst().path());
        var chosen = tabs.stream().filter(tab -> tab.path().equals(shownTab)).findFirst();
        if (chosen.isEmpty()) {
            event.rerouteToError(com.vaadin.flow.router.NotFoundException.class);
            return;
        }
        content.removeAll();
        desk.into(content, desk.api().read(Kind.CLUSTER, ClusterNavigation.path(id)), cluster -> {
            showBar();
            showCluster(cluster);
            content.add(chosen.get().content(cluster));
            feed = feeds.feed((before, now) -> desk.api().read(Kind.CLUSTER, ClusterNavigation.path(id)));
            getUI().ifPresent(this::watch);
        });
    }

    private void showBar() {
        bar.removeAll();
        for (var tab : tabs) {
            var link = new RouterLink();
            link.setText(tab.title());
            link.getElement().setAttribute("href", ClusterNavigation.address(id, tab.path()));
            var item = new Tab(link);
            bar.add(item);
            if (tab.path().equals(shownTab)) {
                bar.setSelectedTab(item);
            }
        }
    }

    @Override
    protected void onAttach(AttachEvent event) {
        watch(event.getUI());
    }

    private void watch(UI ui) {
        unwatch();
        Optional.ofNullable(feed)
                .ifPresent(feed -> subscription = feed.subscribe(state -> ui.access(() -> show(ui, state))));
    }

    private void unwatch() {
        if (subscription != null) {
            subscription.remove();
            subscription = null;
        }
    }

    @Override
    protected void onDetach(DetachEvent event) {
        unwatch();
    }

    private void show(UI ui, LiveState<Resource<ClusterSpec, ClusterStatus>> state) {
        if (state instanceof LiveState.KeyRefused) {
            signIn.keyRefused(ui);
            return;
        }
        if (state instanceof LiveState.Stale) {
            notice.warn("The control plane does not answer; retrying. What is shown may have changed. Brokers keep"
                    + " serving without it.");
        } else {
            notice.clear();
        }
        state.shown().ifPresent(this::showCluster);
    }

    private void showCluster(Resource<ClusterSpec, ClusterStatus> cluster) {
        name = cluster.metadata().name();
        header.title(name);
        var status = cluster.status();
        var key = new Span(cluster.id());
        key.addClassNames("mono", "quiet", "card-id");
        header.facts(new PhaseBadge(String.valueOf(status.phase())), key);
        var wrong = status.conditions().stream()
                .filter(condition -> "FALSE".equals(String.valueOf(condition.status())))
                .map(condition -> condition.message())
                .toList();
        trouble.setText(String.join(" · ", wrong));
        trouble.setVisible(!wrong.isEmpty());
    }
}
