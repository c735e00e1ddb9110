// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.dom.Element;

/// A text to be used elsewhere, with a button that copies it.
public final class CopyText extends Span {
    private static final long serialVersionUID = 1L;

    private final Code code = new Code();
    private final CopyButton button;

    /// @param name what the text is, for those who hear the button
    public CopyText(String name) {
        addClassName("copy-text");
        button = new CopyButton(name);
        add(code, button);
    }

    public void show(String text) {
        code.removeAll();
        for (var piece : text.split("(?<=,)")) {
            code.add(new Span(piece));
            // A list that is too long for its line breaks between its items.
            code.getElement().appendChild(new Element("wbr"));
        }
        button.copies(text);
    }
}
