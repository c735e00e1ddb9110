// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Pre;

/// Lines to be used elsewhere, as they are, with a button that copies them.
public final class CodeBlock extends Div {
    private static final long serialVersionUID = 1L;

    private final Pre lines = new Pre();
    private final CopyButton copy;

    /// @param name what the lines are, for those who hear the button
    public CodeBlock(String name) {
        addClassName("code-block");
        lines.getElement().setAttribute("tabindex", "0");
        copy = new CopyButton(name);
        add(lines, copy);
    }

    public CodeBlock(String name, String text) {
        this(name);
        show(text);
    }

    public void show(String text) {
        lines.setText(text);
        copy.copies(text);
    }
}
