// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.html.Div;

/// One line that people must not miss; hidden while there is nothing to say. Read out by screen readers.
public final class Notice extends Div {
    private static final long serialVersionUID = 1L;

    public Notice() {
        addClassName("notice");
        getElement().setAttribute("role", "status");
        setVisible(false);
    }

    public void warn(String text) {
        if (isVisible() && getText().equals(text)) {
            return;
        }
        setText(text);
        setVisible(true);
    }

    public void clear() {
        setVisible(false);
    }
}
