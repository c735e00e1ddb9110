// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.activity;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// Activity in the navigation.
@SpringComponent
@Order(50)
final class ActivityNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("Activity", ActivityView.class, VaadinIcon.TIMER.create());
    }
}
