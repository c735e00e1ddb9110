// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.activity;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.penstock.api.Operation;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Kind;
import io.penstock.console.gateway.PenstockGateway.Page;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.PhaseBadge;
import io.penstock.console.signin.SignInNavigation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Operations, newest first, with their steps.
@Route(value = "activity", layout = ConsoleLayout.class)
@PageTitle("Activity · Penstock")
class ActivityView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient LiveFeed<List<Operation>> feed;
    private final transient SignInNavigation signIn;
    private final Notice notice = new Notice();
    private final Div content = new Div();
    private final Grid<Operation> grid = new Grid<>();
    private transient @Nullable List<Operation> shown;
    private transient @Nullable Registration subscription;

    ActivityView(Desk desk, LiveFeeds feeds, SignInNavigation signIn) {
        this.signIn = signIn;
        this.feed = feeds.feed((before, now) ->
                desk.api().page(Kind.OPERATION, "/v1/operations", Map.of(), "").map(Page::items));
        addClassNames("page", "activity");
        content.addClassName("content");
        grid.addColumn(Operation::type).setHeader("What").setFlexGrow(2);
        grid.addColumn(operation -> operation.resource().id()).setHeader("On").setFlexGrow(2);
        grid.addComponentColumn(operation -> new PhaseBadge(String.valueOf(operation.state())))
                .setHeader("State")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(Operation::requestedBy).setHeader("Who").setFlexGrow(1);
        grid.addColumn(operation -> String.valueOf(operation.createdAt()))
                .setHeader("Since")
                .setFlexGrow(1);
        grid.setItemDetailsRenderer(new ComponentRenderer<>(ActivityView::createSteps));
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
        add(new PageHeader("Activity"), notice, content);
    }

    private static UnorderedList createSteps(Operation operation) {
        var steps = new UnorderedList();
        steps.addClassName("steps");
        operation.progress().steps().forEach(step -> {
            var name = new Span(step.name().replace('_', ' '));
            var message = new Span(step.message() == null ? "" : step.message());
            message.addClassName("quiet");
            steps.add(new ListItem(new PhaseBadge(String.valueOf(step.state())), name, message));
        });
        if (operation.error() != null) {
            steps.add(new ListItem(new Span(operation.error().detail())));
        }
        return steps;
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

    private void show(UI ui, LiveState<List<Operation>> state) {
        notice.clear();
        switch (state) {
            case LiveState.Waiting<List<Operation>>() -> {}
            case LiveState.Fresh<List<Operation>> fresh -> show(fresh.picture());
            case LiveState.Stale<List<Operation>> stale -> {
                notice.warn("The control plane does not answer; retrying.");
                show(stale.picture());
            }
            case LiveState.Failed<List<Operation>>(var why) -> alone("Nothing can be shown; retrying", why);
            case LiveState.NotAllowed<List<Operation>>(var why) -> alone("This key may not see operations", why);
            case LiveState.KeyRefused<List<Operation>>() -> signIn.keyRefused(ui);
        }
    }

    private void alone(String title, String why) {
        shown = null;
        content.removeAll();
        content.add(new EmptyState(title, why));
    }

    private void show(List<Operation> operations) {
        if (operations.equals(shown)) {
            return;
        }
        boolean first = shown == null;
        shown = operations;
        if (operations.isEmpty()) {
            content.removeAll();
            content.add(
                    new EmptyState("Nothing yet", "What is asked of the control plane and takes time is listed here."));
            return;
        }
        grid.setItems(operations);
        if (first || grid.getParent().isEmpty()) {
            content.removeAll();
            content.add(grid);
        }
    }
}
