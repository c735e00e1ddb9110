// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.clusters.ClustersPicture.Card;
import io.penstock.console.clusters.ClustersPicture.Told;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.PhaseBadge;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One cluster: who it is, how to reach it, who leads its shards, and what happened.
final class ClusterCard extends Article {
    private static final long serialVersionUID = 1L;

    private final Header header = new Header();
    private final Paragraph trouble = new Paragraph();
    private final CopyText bootstrap = new CopyText("bootstrap servers");
    private final Div bootstrapFact = fact("Bootstrap servers", bootstrap);
    private final Div facts = new Div();
    private final ShardMap shards = new ShardMap();
    private final UnorderedList happenings = new UnorderedList();
    private final Div news = new Div(new H3("While you watched"), happenings);
    private transient @Nullable Card shown;

    ClusterCard() {
        addClassName("card");
        header.addClassName("card-header");
        trouble.addClassName("trouble");
        facts.addClassName("facts");
        bootstrapFact.addClassName("fact-wide");
        happenings.addClassName("happenings");
        news.addClassName("news");
        add(header, trouble, bootstrapFact, facts, shards, news);
    }

    void show(Card card) {
        var before = shown;
        shown = card;
        if (before == null
                || !before.cluster().equals(card.cluster())
                || !before.tenant().equals(card.tenant())) {
            showCluster(card.cluster(), card.tenant());
        }
        if (before == null
                || !before.lines().equals(card.lines())
                || before.cluster().shards() != card.cluster().shards()) {
            shards.show(card.cluster(), card.lines());
        }
        if (before == null || !before.told().equals(card.told())) {
            showHappenings(card.told());
        }
    }

    private void showCluster(Cluster cluster, String tenant) {
        setId(cluster.id());
        header.removeAll();
        var tenantName = new Span(tenant);
        tenantName.addClassName("card-tenant");
        tenantName.getElement().setAttribute("title", "Tenant");
        var id = new Span(cluster.id());
        id.addClassNames("card-id", "mono");
        var title = new Div(new H2(new Anchor(ClusterNavigation.address(cluster.id()), cluster.name())), tenantName);
        title.addClassName("card-title");
        header.add(title, id, new PhaseBadge(cluster.phase()));

        var troubles = Stream.of(cluster.trouble(), cluster.store().trouble())
                .filter(text -> !text.isEmpty())
                .map(ClusterCard::sentence)
                .collect(Collectors.joining(" "));
        trouble.setText(troubles);
        trouble.setVisible(!troubles.isEmpty());

        bootstrap.show(cluster.bootstrapServers());
        bootstrapFact.setVisible(!cluster.bootstrapServers().isEmpty());

        facts.removeAll();
        facts.add(
                fact("Topics", new Span(Integer.toString(cluster.topics()))),
                fact("Shards led", new Span(Overview.shardsLed(cluster) + " of " + cluster.shards())),
                fact("Brokers", new Span(Integer.toString(cluster.shares().size()))),
                fact("Object store", new Span(BrokersPanel.shown(cluster.store()))),
                fact("Latency profile", new Span(cluster.latencyProfile().toLowerCase(Locale.ROOT))));
    }

    private void showHappenings(List<Told> told) {
        happenings.removeAll();
        for (var item : told) {
            var age = new Span(item.ago());
            age.addClassName("quiet");
            var line = new ListItem(new Span(item.text()), age);
            line.addClassName(
                    "happening-" + item.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            happenings.add(line);
        }
        news.setVisible(!told.isEmpty());
    }

    private static Div fact(String name, Component value) {
        var label = new Span(name);
        label.addClassName("fact-name");
        value.getElement().getClassList().add("fact-value");
        var fact = new Div(label, value);
        fact.addClassName("fact");
        return fact;
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }
}
