// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.fleets;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// Fleets in the navigation.
@SpringComponent
@Order(20)
final class FleetsNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("Fleets", FleetsView.class, VaadinIcon.SERVER.create());
    }
}
