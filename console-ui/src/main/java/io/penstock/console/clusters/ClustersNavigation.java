// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// The first place in the navigation.
@SpringComponent
@Order(10)
final class ClustersNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        var item = new SideNavItem("Clusters", ClustersView.class, VaadinIcon.CLUSTER.create());
        item.setPathAliases(java.util.Set.of(""));
        return item;
    }
}
