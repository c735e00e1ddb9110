// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.events;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.penstock.api.Event;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.PageHeader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Events and the audit of who did what, newest first. What is filtered is in the address.
@Route(value = "events", layout = ConsoleLayout.class)
@PageTitle("Events · Penstock")
class EventsView extends Main implements BeforeEnterObserver {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final Select<String> type = new Select<>();
    private final TextField resource = new TextField();
    private final Div content = new Div();

    EventsView(Desk desk) {
        this.desk = desk;
        addClassNames("page", "events");
        type.setItems("", "audit.", "broker.", "cluster.", "bucket.", "alert.");
        type.setItemLabelGenerator(one -> switch (one) {
            case "" -> "everything";
            case "audit." -> "what people and keys did";
            default -> one.substring(0, one.length() - 1) + "s";
        });
        type.setValue("");
        type.setAriaLabel("Which events");
        resource.setPlaceholder("On this id only");
        resource.setAriaLabel("On this id only");
        resource.setClearButtonVisible(true);
        type.addValueChangeListener(changed -> remember(changed.isFromClient()));
        resource.addValueChangeListener(changed -> remember(changed.isFromClient()));
        var toolbar = new Div(type, resource);
        toolbar.addClassName("toolbar");
        content.addClassName("content");
        add(new PageHeader("Events"), toolbar, content);
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        var parameters = event.getLocation().getQueryParameters();
        type.setValue(parameters.getSingleParameter("type").orElse(""));
        resource.setValue(parameters.getSingleParameter("on").orElse(""));
        load();
    }

    private void remember(boolean byPerson) {
        if (!byPerson) {
            return;
        }
        Map<String, String> filters = new LinkedHashMap<>();
        if (!type.getValue().isEmpty()) {
            filters.put("type", type.getValue());
        }
        if (!resource.isEmpty()) {
            filters.put("on", resource.getValue().strip());
        }
        getUI().ifPresent(ui -> ui.navigate("events", QueryParameters.simple(filters)));
    }

    private void load() {
        content.removeAll();
        desk.into(
                content,
                desk.api()
                        .page(
                                Kind.EVENT,
                                "/v1/events",
                                Map.of(
                                        "type",
                                        type.getValue(),
                                        "resource_id",
                                        resource.getValue().strip()),
                                ""),
                page -> {
                    if (page.items().isEmpty()) {
                        content.add(new EmptyState("Nothing happened", "Nothing that fits, in the last 90 days."));
                        return;
                    }
                    content.add(createGrid(page.items()));
                });
    }

    private static Grid<Event> createGrid(List<Event> events) {
        var grid = new Grid<Event>();
        grid.addColumn(event -> String.valueOf(event.time()))
                .setHeader("When")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(Event::type).setHeader("What").setFlexGrow(2);
        grid.addColumn(Event::subject).setHeader("On").setFlexGrow(2);
        grid.addColumn(event -> Optional.ofNullable(event.data().actorName())
                        .orElse(event.data().actor()))
                .setHeader("Who")
                .setFlexGrow(1);
        grid.addColumn(event -> Optional.ofNullable(event.data().address()).orElse(""))
                .setHeader("From")
                .setFlexGrow(1);
        grid.setItemDetailsRenderer(new ComponentRenderer<>(EventsView::createDetails));
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
        grid.setItems(events);
        grid.setAllRowsVisible(events.size() <= 30);
        return grid;
    }

    private static Div createDetails(Event event) {
        var details = new Div();
        details.addClassName("record-details");
        Optional.ofNullable(event.data().changes())
                .orElse(List.of())
                .forEach(change -> details.add(line(change.pointer(), change.from() + " → " + change.to())));
        Optional.ofNullable(event.data().facts())
                .orElse(Map.of())
                .forEach((name, value) -> details.add(line(name.replace('_', ' '), value)));
        Optional.ofNullable(event.data().userAgent()).ifPresent(agent -> details.add(line("with", agent)));
        Optional.ofNullable(event.data().requestId()).ifPresent(id -> details.add(line("request", id)));
        return details;
    }

    private static Div line(String name, String value) {
        var label = new Span(name);
        label.addClassName("mono");
        return new Div(label, new Span("  " + value));
    }
}
