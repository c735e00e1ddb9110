// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.frame;

import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNav;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.parts.Wordmark;
import io.penstock.console.session.ConsoleSession;
import io.penstock.console.signin.SignInNavigation;
import java.util.List;

/// Navigation on the left, who is signed in at its foot, the view beside it. On a narrow screen the navigation hides
/// behind a button.
public class ConsoleLayout extends AppLayout {
    private static final long serialVersionUID = 1L;

    ConsoleLayout(List<Navigation> features, ConsoleSession session, SignInNavigation signIn) {
        setPrimarySection(Section.DRAWER);
        addToNavbar(new DrawerToggle(), createWordmarkOfNarrowScreens());
        addToDrawer(createHeader(), createNavigation(features), createFoot(session, signIn));
    }

    private static Wordmark createWordmarkOfNarrowScreens() {
        var wordmark = new Wordmark();
        wordmark.addClassName("navbar-wordmark");
        return wordmark;
    }

    private static Div createHeader() {
        var header = new Div(new Wordmark());
        header.addClassName("drawer-header");
        return header;
    }

    private static SideNav createNavigation(List<Navigation> features) {
        var navigation = new SideNav();
        features.forEach(feature -> navigation.addItem(feature.item()));
        return navigation;
    }

    private static Div createFoot(ConsoleSession session, SignInNavigation signIn) {
        var name = new Span(session.key().map(ApiKey::name).orElse(""));
        name.addClassName("drawer-key");
        name.getElement().setAttribute("title", "The API key of this session");
        var out = new Button(
                "Sign out",
                VaadinIcon.SIGN_OUT.create(),
                click -> click.getSource().getUI().ifPresent(signIn::signOut));
        out.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
        out.setId("sign-out");
        var foot = new Div(name, out);
        foot.addClassName("drawer-foot");
        return foot;
    }
}
