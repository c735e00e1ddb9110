// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.keys;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// API keys in the navigation.
@SpringComponent
@Order(70)
final class KeysNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("API keys", KeysView.class, VaadinIcon.KEY.create());
    }
}
