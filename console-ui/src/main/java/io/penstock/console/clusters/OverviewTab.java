// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.shared.Registration;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.MetricSeries;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.cluster.ClusterTab;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.parts.Chart;
import io.penstock.console.parts.Live;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.core.annotation.Order;

/// Who serves the cluster, this second, and what happened while one watched.
@SpringComponent
@VaadinSessionScope
@Order(10)
class OverviewTab implements ClusterTab {
    private static final List<String> MEASURES =
            List.of("topic.received.bytes", "topic.sent.bytes", "store.put.requests");

    private final ClustersFeed feed;
    private final LiveFeeds feeds;
    private final Desk desk;

    OverviewTab(ClustersFeed feed, LiveFeeds feeds, Desk desk) {
        this.feed = feed;
        this.feeds = feeds;
        this.desk = desk;
    }

    @Override
    public String path() {
        return "overview";
    }

    @Override
    public String title() {
        return "Overview";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        return new Overview(feed, feeds.feed((before, now) -> traffic(cluster.id())), cluster.id());
    }

    private Answer<List<MetricSeries>> traffic(String cluster) {
        Answer<List<MetricSeries>> all = new Answer.Received<>(List.of());
        for (var measure : MEASURES) {
            var path = ClusterNavigation.path(cluster) + "/metric-series?name=" + measure;
            all = all.then(before -> desk.api()
                    .read(Kind.METRIC_SERIES, path)
                    .map(series ->
                            Stream.concat(before.stream(), Stream.of(series)).toList()));
        }
        return all;
    }

    /// The card, live, above how much goes through.
    private static final class Overview extends Live {
        private static final long serialVersionUID = 1L;

        private final String cluster;
        private final ClusterCard card = new ClusterCard();
        private final Chart received = new Chart("Written by clients", "B/s");
        private final Chart sent = new Chart("Read by clients", "B/s");
        private final Chart puts = new Chart("PUTs into the bucket", "/s");

        Overview(ClustersFeed feed, LiveFeed<List<MetricSeries>> traffic, String cluster) {
            this.cluster = cluster;
            addClassNames("overview", "content");
            card.setVisible(false);
            var charts = new Div(received, sent, puts);
            charts.addClassName("charts");
            add(card, charts);
            listens(ui -> Registration.combine(
                    feed.subscribe(state -> ui.access(() -> state.shown().ifPresent(this::show))),
                    traffic.subscribe(state -> ui.access(() -> state.shown().ifPresent(this::show)))));
        }

        private void show(ClustersPicture picture) {
            picture.overview().clusters().stream()
                    .filter(row -> row.cluster().id().equals(cluster))
                    .findFirst()
                    .ifPresent(row -> {
                        card.show(picture.card(row));
                        card.setVisible(true);
                    });
        }

        private void show(List<MetricSeries> series) {
            show(received, series.get(0));
            show(sent, series.get(1));
            show(puts, series.get(2));
        }

        private static void show(Chart chart, MetricSeries series) {
            chart.show(
                    series.points().stream().map(MetricSeries.Point::perSecond).toList());
        }
    }
}
