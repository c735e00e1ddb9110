// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.connect;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterTab;
import io.penstock.console.live.LiveFeeds;
import org.springframework.core.annotation.Order;

/// Settings and programs to copy, on a cluster's page.
@SpringComponent
@VaadinSessionScope
@Order(30)
class ConnectTab implements ClusterTab {
    private final Desk desk;
    private final LiveFeeds feeds;

    ConnectTab(Desk desk, LiveFeeds feeds) {
        this.desk = desk;
        this.feeds = feeds;
    }

    @Override
    public String path() {
        return "connect";
    }

    @Override
    public String title() {
        return "Connect";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        return new ConnectPanel(desk, feeds, cluster);
    }
}
