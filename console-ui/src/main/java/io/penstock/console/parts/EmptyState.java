// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;

/// Stands where a list would be, and says why there is none and what to do about it.
public final class EmptyState extends Div {
    private static final long serialVersionUID = 1L;

    public EmptyState(String title, String text, Component... more) {
        addClassName("empty-state");
        add(new H2(title), new Paragraph(text));
        add(more);
    }
}
