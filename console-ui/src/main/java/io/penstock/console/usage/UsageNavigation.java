// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.usage;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// Usage in the navigation.
@SpringComponent
@Order(40)
final class UsageNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("Usage", UsageView.class, VaadinIcon.CHART.create());
    }
}
