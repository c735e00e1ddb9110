// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.access;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterTab;
import org.springframework.core.annotation.Order;

/// Who may what, on a cluster's page.
@SpringComponent
@VaadinSessionScope
@Order(40)
class AccessTab implements ClusterTab {
    private final Desk desk;

    AccessTab(Desk desk) {
        this.desk = desk;
    }

    @Override
    public String path() {
        return "access";
    }

    @Override
    public String title() {
        return "Access";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        return new AccessPanel(desk, cluster);
    }
}
