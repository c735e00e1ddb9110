// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.html.Span;

/// The name, with its mark: a pipe that carries water down to the turbine. Drawn by the style sheet.
public final class Wordmark extends Span {
    private static final long serialVersionUID = 1L;

    public Wordmark() {
        var mark = new Span();
        mark.addClassName("wordmark-mark");
        mark.getElement().setAttribute("aria-hidden", "true");
        add(mark, new Span("Penstock"));
        addClassName("wordmark");
    }
}
