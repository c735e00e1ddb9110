// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterTab;
import org.springframework.core.annotation.Order;

/// The topics on a cluster's page.
@SpringComponent
@VaadinSessionScope
@Order(20)
class TopicsTab implements ClusterTab {
    private final Desk desk;

    TopicsTab(Desk desk) {
        this.desk = desk;
    }

    @Override
    public String path() {
        return "topics";
    }

    @Override
    public String title() {
        return "Topics";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        return new TopicsPanel(desk, cluster.id());
    }
}
