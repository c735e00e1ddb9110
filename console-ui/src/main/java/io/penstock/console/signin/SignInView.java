// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.signin;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinRequest;
import com.vaadin.flow.server.VaadinServletRequest;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.Wordmark;
import io.penstock.console.session.ConsoleSession;

/// Takes an API key.
@Route(SignInView.PATH)
@PageTitle("Sign in · Penstock")
@AnonymousAllowed
class SignInView extends Main implements BeforeEnterObserver {
    private static final long serialVersionUID = 1L;

    static final String PATH = "signin";
    static final String REASON = "reason";
    static final String KEY_REFUSED = "key-refused";

    private final transient SignIn signIn;
    private final transient ConsoleSession session;
    private final PasswordField key = createKeyField();
    private final Button button = createButton();
    private final Notice notice = new Notice();
    private String wanted = "";

    SignInView(SignIn signIn, ConsoleSession session) {
        this.signIn = signIn;
        this.session = session;
        addClassName("signin");
        add(createCard());
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        wanted = event.getLocation().getPath();
        var reasons = event.getLocation().getQueryParameters().getParameters(REASON);
        if (reasons.contains(KEY_REFUSED)) {
            notice.warn("The control plane stopped accepting your key. Sign in with another one.");
        }
    }

    private Div createCard() {
        var card = new Div(new Wordmark(), new H1("Sign in"), createExplanation(), notice, key, button, createHint());
        card.addClassName("signin-card");
        return card;
    }

    private static Paragraph createExplanation() {
        var text = new Paragraph("Use an API key of your control plane. It stays in this session and nowhere else.");
        text.addClassName("quiet");
        return text;
    }

    private static PasswordField createKeyField() {
        var field = new PasswordField("API key");
        field.setPlaceholder("psk_…");
        field.setWidthFull();
        field.setAutofocus(true);
        field.setAutocomplete(com.vaadin.flow.component.textfield.Autocomplete.OFF);
        field.setId("api-key");
        return field;
    }

    private Button createButton() {
        var button = new Button("Sign in", click -> submit());
        button.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        button.addClickShortcut(Key.ENTER);
        button.setDisableOnClick(true);
        button.setId("sign-in");
        button.setWidthFull();
        return button;
    }

    private static Paragraph createHint() {
        var hint = new Paragraph(
                "With the embedded service, ./penstock up prints a key, and ./penstock status shows it again.");
        hint.addClassNames("quiet", "signin-hint");
        return hint;
    }

    private void submit() {
        switch (signIn.attempt(key.getValue())) {
            case SignIn.Outcome.Accepted(var accepted) -> {
                // A session id from before the sign-in must not be worth anything after it.
                if (VaadinRequest.getCurrent() instanceof VaadinServletRequest request) {
                    request.changeSessionId();
                }
                session.signIn(accepted);
                getUI().ifPresent(ui -> ui.navigate(wanted.equals(PATH) ? "" : wanted));
            }
            case SignIn.Outcome.Rejected(var advice) -> {
                notice.warn(advice);
                key.setInvalid(true);
                key.focus();
                button.setEnabled(true);
            }
        }
    }
}
