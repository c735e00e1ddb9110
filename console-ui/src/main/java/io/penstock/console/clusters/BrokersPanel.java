// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.penstock.console.clusters.Overview.BrokerOfFleet;
import io.penstock.console.clusters.Overview.Brokers;
import io.penstock.console.gateway.PenstockGateway.Store;
import io.penstock.console.parts.PhaseBadge;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The broker processes behind the clusters. A plain table: on a narrow screen the style sheet stands each row up as
/// a card.
final class BrokersPanel extends Section {
    private static final long serialVersionUID = 1L;

    private final Div content = new Div();
    private transient @Nullable Brokers shown;

    BrokersPanel() {
        addClassName("brokers");
        add(new H2("Brokers"), content);
    }

    void show(Brokers brokers) {
        if (brokers.equals(shown)) {
            return;
        }
        shown = brokers;
        content.removeAll();
        content.add(
                switch (brokers) {
                    case Brokers.Hidden(var why) -> quiet("Brokers cannot be shown: " + why);
                    case Brokers.Listed(var listed) ->
                        listed.isEmpty()
                                ? quiet("No brokers. A fleet makes them as soon as it wants some.")
                                : createTable(listed);
                });
    }

    private static Component createTable(java.util.List<BrokerOfFleet> brokers) {
        var table = new NativeTable();
        var head = new NativeTableRow();
        for (var title :
                new String[] {"Node", "Phase", "Shards led", "Object store", "Process", "Zone", "Fleet", "Id"}) {
            head.add(new NativeTableHeaderCell(title));
        }
        table.getHead().add(head);
        brokers.forEach(broker -> table.getBody().add(createRow(broker)));
        var frame = new Div(table);
        frame.addClassName("table-frame");
        return frame;
    }

    private static NativeTableRow createRow(BrokerOfFleet row) {
        var broker = row.broker();
        return new NativeTableRow(
                cell("Node", new Span(broker.nodeId() < 0 ? "–" : Integer.toString(broker.nodeId()))),
                cell("Phase", createPhase(broker.phase(), broker.reason())),
                cell("Shards led", new Span(Integer.toString(broker.shardsLed()))),
                cell("Object store", createStore(broker.store())),
                cell("Process", mono(broker.pid() == 0 ? "–" : Long.toString(broker.pid()))),
                cell("Zone", new Span(broker.zone().isEmpty() ? "–" : broker.zone())),
                cell("Fleet", new Span(row.fleet())),
                cell("Id", mono(broker.id())));
    }

    private static Component createPhase(String phase, String reason) {
        var why = new Span(reason);
        why.addClassNames("quiet", "phase-reason");
        var cell = new Div(new PhaseBadge(phase), why);
        cell.addClassName("phase-cell");
        return cell;
    }

    private static Component createStore(Store store) {
        var state = new Span(shown(store));
        state.getElement().setAttribute("title", store.trouble());
        return state;
    }

    static String shown(Store store) {
        return store.state().isEmpty() ? "–" : store.state().toLowerCase(Locale.ROOT);
    }

    private static NativeTableCell cell(String title, Component content) {
        var cell = new NativeTableCell(content);
        cell.getElement().setAttribute("data-title", title);
        return cell;
    }

    private static Span mono(String text) {
        var span = new Span(text);
        span.addClassName("mono");
        return span;
    }

    private static Paragraph quiet(String text) {
        var paragraph = new Paragraph(text);
        paragraph.addClassName("quiet");
        return paragraph;
    }
}
