// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteAlias;
import com.vaadin.flow.shared.Registration;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.clusters.ClustersPicture.Card;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.live.LiveState;
import io.penstock.console.live.LiveState.Failed;
import io.penstock.console.live.LiveState.Fresh;
import io.penstock.console.live.LiveState.KeyRefused;
import io.penstock.console.live.LiveState.NotAllowed;
import io.penstock.console.live.LiveState.Stale;
import io.penstock.console.live.LiveState.Waiting;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.signin.SignInNavigation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Every cluster and every broker, as they are this second.
@Route(value = "clusters", layout = ConsoleLayout.class)
@RouteAlias(value = "", layout = ConsoleLayout.class)
@PageTitle("Clusters · Penstock")
class ClustersView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient ClustersFeed feed;
    private final transient SignInNavigation signIn;

    private final Span pulse = new Span();
    private final Notice notice = new Notice();
    private final Div content = new Div();
    private final Div cards = new Div();
    private final BrokersPanel brokers = new BrokersPanel();
    private final Map<String, ClusterCard> shownCards = new LinkedHashMap<>();
    private transient @Nullable EmptyState noClusters;
    private transient @Nullable LiveState<ClustersPicture> shown;
    private transient @Nullable Registration subscription;

    ClustersView(ClustersFeed feed, SignInNavigation signIn) {
        this.feed = feed;
        this.signIn = signIn;
        addClassNames("page", "clusters");
        cards.addClassName("cards");
        content.addClassName("content");
        add(createHeader(), notice, content);
    }

    private PageHeader createHeader() {
        pulse.addClassName("pulse");
        var header = new PageHeader("Clusters").action(createCreation());
        header.facts(pulse);
        return header;
    }

    @Override
    protected void onAttach(AttachEvent event) {
        var ui = event.getUI();
        subscription = feed.subscribe(state -> ui.access(() -> show(ui, state)));
    }

    @Override
    protected void onDetach(DetachEvent event) {
        if (subscription != null) {
            subscription.remove();
            subscription = null;
        }
    }

    private void show(UI ui, LiveState<ClustersPicture> state) {
        if (state.equals(shown)) {
            return;
        }
        shown = state;
        switch (state) {
            case Waiting<ClustersPicture>() -> showAlone(createLoading(), "connecting", "Connecting");
            case Fresh<ClustersPicture> fresh -> {
                notice.clear();
                showPicture(fresh.picture());
                pulse("live", "Live");
            }
            case Stale<ClustersPicture> stale -> {
                // Same words for every failed attempt: a line that is read out must not be read out every second.
                notice.warn("The control plane does not answer; retrying. This is how things were when it last did."
                        + " Brokers keep serving without it.");
                showPicture(stale.picture());
                pulse("retrying", "Retrying");
            }
            case Failed<ClustersPicture>(var why) ->
                showAlone(
                        new EmptyState(
                                "The control plane does not answer; retrying",
                                "This page shows your clusters as soon as it does. Brokers keep serving without it.",
                                new Code(why)),
                        "retrying",
                        "Retrying");
            case NotAllowed<ClustersPicture>(var why) ->
                showAlone(
                        new EmptyState(
                                "This key may not see clusters",
                                "Sign in with a key that may, or ask an administrator for the permission.",
                                new Code(why)),
                        "live",
                        "Live");
            case KeyRefused<ClustersPicture>() -> signIn.keyRefused(ui);
        }
    }

    private static Div createLoading() {
        var loading = new Div();
        loading.addClassName("skeleton");
        loading.getElement().setAttribute("role", "status").setAttribute("aria-label", "Loading clusters");
        return loading;
    }

    private static EmptyState createNoClusters() {
        return new EmptyState(
                "No clusters yet",
                "A cluster takes seconds: give it a name, and connect any Kafka client.",
                createCreation());
    }

    private static Button createCreation() {
        var create = new Button(
                "Create cluster",
                VaadinIcon.PLUS.create(),
                click -> click.getSource().getUI().ifPresent(ui -> ui.navigate(ClusterNavigation.NEW)));
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.addClassName("create-cluster");
        return create;
    }

    private void showAlone(Component component, String pulseState, String pulseText) {
        notice.clear();
        content.removeAll();
        content.add(component);
        removeClassName("stale");
        pulse(pulseState, pulseText);
    }

    private void showPicture(ClustersPicture picture) {
        setClassName("stale", notice.isVisible());
        var rows = picture.overview().clusters();
        updateCards(rows.stream().map(picture::card).toList());
        brokers.show(picture.overview().brokers());
        Component first = rows.isEmpty() ? emptyNow() : cards;
        if (first.getParent().isEmpty() || brokers.getParent().isEmpty()) {
            content.removeAll();
            content.add(first, brokers);
        }
    }

    private EmptyState emptyNow() {
        if (noClusters == null) {
            noClusters = createNoClusters();
        }
        return noClusters;
    }

    private void updateCards(List<Card> wanted) {
        var ids = wanted.stream().map(card -> card.cluster().id()).toList();
        if (!ids.equals(new ArrayList<>(shownCards.keySet()))) {
            Map<String, ClusterCard> kept = new LinkedHashMap<>();
            ids.forEach(id -> kept.put(id, shownCards.getOrDefault(id, new ClusterCard())));
            shownCards.clear();
            shownCards.putAll(kept);
            cards.removeAll();
            shownCards.values().forEach(cards::add);
        }
        for (var card : wanted) {
            var shown = shownCards.get(card.cluster().id());
            if (shown != null) {
                shown.show(card);
            }
        }
    }

    private void pulse(String state, String text) {
        if (!pulse.getText().equals(text)) {
            pulse.setText(text);
        }
        pulse.getElement().setAttribute("data-state", state);
    }
}
