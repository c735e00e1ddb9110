// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.signin;

import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.session.ConsoleSession;
import org.springframework.beans.factory.ObjectProvider;

/// Nobody sees a view without a key, unless the view is open to all. What a key may see is the control plane's matter.
@SpringComponent
final class SignInGuard implements VaadinServiceInitListener {
    private static final long serialVersionUID = 1L;

    private final transient ObjectProvider<ConsoleSession> session;

    SignInGuard(ObjectProvider<ConsoleSession> session) {
        this.session = session;
    }

    @Override
    public void serviceInit(ServiceInitEvent event) {
        event.getSource().addUIInitListener(opened -> opened.getUI().addBeforeEnterListener(this::check));
    }

    private void check(BeforeEnterEvent event) {
        if (event.getNavigationTarget().isAnnotationPresent(AnonymousAllowed.class)
                || session.getObject().key().isPresent()) {
            return;
        }
        // A reroute keeps the address, so signing in leads to where they wanted to go.
        event.rerouteTo(SignInView.class);
    }
}
