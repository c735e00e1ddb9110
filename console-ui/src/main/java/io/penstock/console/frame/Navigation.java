// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.frame;

import com.vaadin.flow.component.sidenav.SideNavItem;

/// A feature's way into the frame. Each feature with a place in the navigation has one bean of it, ordered by
/// `@Order`.
public interface Navigation {
    /// A new item, for one page.
    SideNavItem item();
}
