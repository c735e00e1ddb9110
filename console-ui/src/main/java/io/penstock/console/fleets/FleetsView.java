// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.fleets;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.shared.Registration;
import io.penstock.api.BrokerSpec;
import io.penstock.api.BrokerStatus;
import io.penstock.api.FleetSpec;
import io.penstock.api.FleetStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeed;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.PhaseBadge;
import io.penstock.console.signin.SignInNavigation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every fleet with its brokers, as they are this second; brokers are drained and fleets resized here.
@Route(value = "fleets", layout = ConsoleLayout.class)
@PageTitle("Fleets · Penstock")
class FleetsView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final transient SignInNavigation signIn;
    private final transient LiveFeed<List<FleetNow>> feed;
    private final Notice notice = new Notice();
    private final Div content = new Div();
    private transient @Nullable List<FleetNow> shown;
    private transient @Nullable Registration subscription;

    /// A fleet and who is in it.
    private record FleetNow(Resource<FleetSpec, FleetStatus> fleet, List<Resource<BrokerSpec, BrokerStatus>> brokers) {}

    FleetsView(Desk desk, LiveFeeds feeds, SignInNavigation signIn) {
        this.desk = desk;
        this.signIn = signIn;
        this.feed = feeds.feed((before, now) -> read());
        addClassNames("page", "fleets");
        content.addClassName("content");
        add(new PageHeader("Fleets"), notice, content);
    }

    private Answer<List<FleetNow>> read() {
        return desk.api().all(Kind.FLEET, "/v1/fleets", Map.of()).then(fleets -> {
            List<FleetNow> found = new ArrayList<>();
            for (var fleet : fleets) {
                found.add(new FleetNow(
                        fleet, desk.orNothing(desk.api().all(Kind.BROKER, path(fleet) + "/brokers", Map.of()))));
            }
            return new Answer.Received<>(found);
        });
    }

    private static String path(Resource<FleetSpec, FleetStatus> fleet) {
        return "/v1/fleets/" + ApiCall.encoded(fleet.id());
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

    private void show(UI ui, LiveState<List<FleetNow>> state) {
        notice.clear();
        switch (state) {
            case LiveState.Waiting<List<FleetNow>>() -> {}
            case LiveState.Fresh<List<FleetNow>> fresh -> show(fresh.picture());
            case LiveState.Stale<List<FleetNow>> stale -> {
                notice.warn("The control plane does not answer; retrying. Brokers keep serving without it.");
                show(stale.picture());
            }
            case LiveState.Failed<List<FleetNow>>(var why) -> alone("Fleets cannot be shown; retrying", why);
            case LiveState.NotAllowed<List<FleetNow>>(var why) -> alone("This key may not see fleets", why);
            case LiveState.KeyRefused<List<FleetNow>>() -> signIn.keyRefused(ui);
        }
    }

    private void alone(String title, String why) {
        shown = null;
        content.removeAll();
        content.add(new EmptyState(title, why));
    }

    private void show(List<FleetNow> fleets) {
        if (fleets.equals(shown)) {
            return;
        }
        shown = fleets;
        content.removeAll();
        fleets.forEach(fleet -> content.add(createFleet(fleet)));
    }

    private Section createFleet(FleetNow now) {
        var fleet = now.fleet();
        var resize = new Button("Resize", click -> openResize(fleet));
        resize.addThemeVariants(ButtonVariant.LUMO_SMALL);
        resize.addClassName("resize-fleet");
        var header = new Header(
                new H2(fleet.metadata().name()),
                new PhaseBadge(String.valueOf(fleet.status().phase())),
                resize);
        header.addClassName("section-header");
        var facts = new Facts()
                .fact("Brokers wanted", String.valueOf(fleet.spec().desiredBrokers()))
                .fact("Brokers", String.valueOf(fleet.status().brokers()))
                .fact("Serving", String.valueOf(fleet.status().serving()));
        var section = new Section(header, facts, createBrokers(now));
        section.addClassName("card");
        return section;
    }

    private Grid<Resource<BrokerSpec, BrokerStatus>> createBrokers(FleetNow now) {
        var grid = new Grid<Resource<BrokerSpec, BrokerStatus>>();
        grid.addColumn(broker -> broker.status().nodeId())
                .setHeader("Node")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addComponentColumn(broker -> {
                    var badge = new PhaseBadge(broker.status().phase());
                    badge.getElement().setAttribute("title", broker.status().reason());
                    return badge;
                })
                .setHeader("Phase")
                .setAutoWidth(true);
        grid.addColumn(broker -> broker.status().shardsLed())
                .setHeader("Shards led")
                .setAutoWidth(true);
        grid.addColumn(broker -> broker.status().zone()).setHeader("Zone").setAutoWidth(true);
        grid.addColumn(broker -> broker.status().host()).setHeader("Host").setAutoWidth(true);
        grid.addColumn(broker -> broker.status().software())
                .setHeader("Version")
                .setAutoWidth(true);
        grid.addComponentColumn(broker -> createDrain(now.fleet(), broker))
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.setItems(now.brokers());
        grid.setAllRowsVisible(true);
        return grid;
    }

    private Span createDrain(Resource<FleetSpec, FleetStatus> fleet, Resource<BrokerSpec, BrokerStatus> broker) {
        var cell = new Span();
        if (!"SERVING".equals(broker.status().phase())) {
            return cell;
        }
        var node = "node " + broker.status().nodeId();
        var drain = new Button(
                "Drain",
                click -> new ChangeDialog<>(
                                desk,
                                "Drain " + node + "?",
                                "Drain",
                                Kind.NOTHING,
                                () -> ApiCall.post(
                                        path(fleet) + "/brokers/" + ApiCall.encoded(broker.id()) + "/drains", Map.of()),
                                begun -> desk.done("Node " + broker.status().nodeId() + " hands its shards over."))
                        .text(
                                "Its shards go to other brokers one by one, without an error at a client; nothing is copied."
                                        + " Then the process ends, and the fleet starts another in its place.")
                        .open());
        drain.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY);
        drain.addClassName("drain");
        cell.add(drain);
        return cell;
    }

    private void openResize(Resource<FleetSpec, FleetStatus> fleet) {
        var wanted = new IntegerField("Brokers");
        wanted.setValue(Optional.ofNullable(fleet.spec().desiredBrokers()).orElse(1));
        wanted.setMin(1);
        wanted.setStepButtonsVisible(true);
        new ChangeDialog<>(
                        desk,
                        "Resize " + fleet.metadata().name(),
                        "Resize",
                        Kind.FLEET,
                        () -> ApiCall.patch(
                                path(fleet),
                                Map.of(
                                        "spec",
                                        Map.of(
                                                "desired_brokers",
                                                Optional.ofNullable(wanted.getValue())
                                                        .orElse(1)))),
                        changed -> desk.done("The fleet is being resized; shards spread by themselves."))
                .text("Brokers own nothing: growing and shrinking copies no data.")
                .field("/spec/desired_brokers", wanted)
                .open();
    }
}
