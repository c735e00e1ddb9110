// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.signin;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.server.VaadinSession;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.session.ConsoleSession;

/// The way out of the console, for every other feature.
@SpringComponent
@VaadinSessionScope
public final class SignInNavigation {
    private final ConsoleSession session;

    SignInNavigation(ConsoleSession session) {
        this.session = session;
    }

    /// Forgets the key and everything this session has shown.
    public void signOut(UI ui) {
        session.signOut();
        // The page leaves first: the session ends with this request, and a closed session could not tell it to go.
        ui.getPage().setLocation(SignInView.PATH);
        var wrapped = VaadinSession.getCurrent().getSession();
        VaadinSession.getCurrent().close();
        wrapped.invalidate();
    }

    /// To sign in again with another key, because the control plane stopped accepting this one.
    public void keyRefused(UI ui) {
        session.signOut();
        ui.navigate(SignInView.class, QueryParameters.of(SignInView.REASON, SignInView.KEY_REFUSED));
    }
}
