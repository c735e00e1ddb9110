// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.dom.Element;

/// A text to be used elsewhere, with a button that copies it.
public final class CopyText extends Span {
    private static final long serialVersionUID = 1L;

    /// In the browser, so that copying needs no answer from us; the old command is for pages that are not served
    /// over TLS, where browsers offer no clipboard.
    private static final String COPY = """
            this.addEventListener('click', () => {
              const text = this.getAttribute('data-text');
              const done = () => {
                this.setAttribute('data-copied', '');
                setTimeout(() => this.removeAttribute('data-copied'), 1600);
              };
              if (navigator.clipboard) {
                navigator.clipboard.writeText(text).then(done, () => {});
              } else {
                const area = document.createElement('textarea');
                area.value = text;
                document.body.appendChild(area);
                area.select();
                if (document.execCommand('copy')) { done(); }
                area.remove();
              }
            });""";

    private final Code code = new Code();
    private final Button button = new Button(VaadinIcon.COPY_O.create());

    /// @param name what the text is, for those who hear the button
    public CopyText(String name) {
        addClassName("copy-text");
        button.addThemeVariants(ButtonVariant.LUMO_TERTIARY_INLINE, ButtonVariant.LUMO_ICON);
        button.setAriaLabel("Copy " + name);
        button.addClassName("copy-button");
        button.addAttachListener(attached -> button.getElement().executeJs(COPY));
        add(code, button);
    }

    public void show(String text) {
        code.removeAll();
        for (var piece : text.split("(?<=,)")) {
            code.add(new Span(piece));
            // A list that is too long for its line breaks between its items.
            code.getElement().appendChild(new Element("wbr"));
        }
        button.getElement().setAttribute("data-text", text);
    }
}
