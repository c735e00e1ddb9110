// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.shared.Registration;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.cluster.ClusterTab;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;

/// Who serves the cluster, this second, and what happened while one watched.
@SpringComponent
@VaadinSessionScope
@Order(10)
class OverviewTab implements ClusterTab {
    private final ClustersFeed feed;

    OverviewTab(ClustersFeed feed) {
        this.feed = feed;
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
        return new Live(feed, cluster.id());
    }

    private static final class Live extends Div {
        private static final long serialVersionUID = 1L;

        private final transient ClustersFeed feed;
        private final String cluster;
        private final ClusterCard card = new ClusterCard();
        private transient @Nullable Registration subscription;

        Live(ClustersFeed feed, String cluster) {
            this.feed = feed;
            this.cluster = cluster;
            addClassName("overview");
            card.setVisible(false);
            add(card);
        }

        @Override
        protected void onAttach(AttachEvent event) {
            var ui = event.getUI();
            subscription = feed.subscribe(state -> ui.access(() -> state.shown().ifPresent(this::show)));
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

        @Override
        protected void onDetach(DetachEvent event) {
            if (subscription != null) {
                subscription.remove();
                subscription = null;
            }
        }
    }
}
