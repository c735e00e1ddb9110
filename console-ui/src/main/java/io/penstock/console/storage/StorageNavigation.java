// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.storage;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.frame.Navigation;
import org.springframework.core.annotation.Order;

/// Storage in the navigation.
@SpringComponent
@Order(30)
final class StorageNavigation implements Navigation {
    @Override
    public SideNavItem item() {
        return new SideNavItem("Storage", StorageView.class, VaadinIcon.DATABASE.create());
    }
}
