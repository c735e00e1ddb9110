// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.events;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// Events in the navigation.
@SpringComponent
@Order(55)
final class EventsNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("Events", EventsView.class, VaadinIcon.LIST.create());
    }
}
