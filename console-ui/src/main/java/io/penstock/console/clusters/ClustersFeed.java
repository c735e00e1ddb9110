// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.shared.Registration;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.PenstockGateway;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.session.ConsoleSession;
import java.util.function.Consumer;

/// One session's live picture of clusters, shared by all its pages: what happened stays told while people move
/// between views.
@SpringComponent
@VaadinSessionScope
final class ClustersFeed {
    private final LiveFeed<ClustersPicture> feed;

    ClustersFeed(LiveFeeds feeds, PenstockGateway gateway, ConsoleSession session) {
        var reader = new OverviewReader(gateway);
        this.feed = feeds.feed((before, now) -> session.key()
                .map(key -> reader.read(key)
                        .map(overview -> before.map(picture -> picture.then(overview, now))
                                .orElseGet(() -> ClustersPicture.first(overview, now))))
                .orElseGet(Answer.KeyRefused::new));
    }

    Registration subscribe(Consumer<LiveState<ClustersPicture>> listener) {
        return feed.subscribe(listener);
    }
}
