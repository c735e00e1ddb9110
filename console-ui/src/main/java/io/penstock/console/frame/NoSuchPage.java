// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.frame;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import io.penstock.console.parts.EmptyState;

/// Stands where an address leads that leads nowhere.
@ParentLayout(ConsoleLayout.class)
class NoSuchPage extends Main implements HasErrorParameter<NotFoundException> {
    private static final long serialVersionUID = 1L;

    NoSuchPage() {
        addClassName("page");
        add(new EmptyState(
                "There is no such page",
                "The address may be mistyped, or from another version.",
                new Anchor("clusters", "To the clusters")));
    }

    @Override
    public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<NotFoundException> parameter) {
        return HttpStatusCode.NOT_FOUND.getCode();
    }
}
