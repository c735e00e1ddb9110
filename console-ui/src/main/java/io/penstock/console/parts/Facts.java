// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/// A few things that are so, each with its name.
public final class Facts extends Div {
    private static final long serialVersionUID = 1L;

    public Facts() {
        addClassName("facts");
    }

    public Facts fact(String name, String value) {
        return fact(name, new Span(value));
    }

    public Facts fact(String name, Component value) {
        var label = new Span(name);
        label.addClassName("fact-name");
        value.getElement().getClassList().add("fact-value");
        var fact = new Div(label, value);
        fact.addClassName("fact");
        add(fact);
        return this;
    }
}
