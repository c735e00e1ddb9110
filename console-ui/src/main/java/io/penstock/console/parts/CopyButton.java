// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.icon.VaadinIcon;

/// Copies a text that stands beside it.
final class CopyButton extends Button {
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

    /// @param name what the text is, for those who hear the button
    CopyButton(String name) {
        super(VaadinIcon.COPY_O.create());
        addThemeVariants(ButtonVariant.LUMO_TERTIARY_INLINE, ButtonVariant.LUMO_ICON);
        setAriaLabel("Copy " + name);
        addClassName("copy-button");
        addAttachListener(attached -> getElement().executeJs(COPY));
    }

    void copies(String text) {
        getElement().setAttribute("data-text", text);
    }
}
