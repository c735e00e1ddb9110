// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;

/// What a page is, where it belongs, and what can be done with the whole of it.
public final class PageHeader extends Header {
    private static final long serialVersionUID = 1L;

    private final H1 title = new H1();
    private final Nav way = new Nav();
    private final Div facts = new Div();
    private final Div actions = new Div();

    public PageHeader(String title) {
        addClassName("page-header");
        this.title.setText(title);
        way.addClassName("way");
        way.getElement().setAttribute("aria-label", "Where this page belongs");
        way.setVisible(false);
        facts.addClassName("page-facts");
        actions.addClassName("page-actions");
        var line = new Div(this.title, facts, actions);
        line.addClassName("page-title");
        add(way, line);
    }

    public void title(String text) {
        title.setText(text);
    }

    /// One step up, beside those before.
    public PageHeader under(String name, String address) {
        way.add(new Anchor(address, name), separator());
        way.setVisible(true);
        return this;
    }

    /// Beside the title.
    public void facts(Component... components) {
        facts.removeAll();
        facts.add(components);
    }

    public PageHeader action(Component... components) {
        actions.add(components);
        return this;
    }

    private static Span separator() {
        var separator = new Span("/");
        separator.getElement().setAttribute("aria-hidden", "true");
        return separator;
    }
}
