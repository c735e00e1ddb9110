// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.records;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextArea;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.penstock.api.RecordPage;
import io.penstock.api.TopicRecord;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.CodeBlock;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.topics.TopicPaths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at records from where one says, through the filter one sets, and says what was looked at: a search that
/// finds nothing has to be believed.
final class RecordsPanel extends Section {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final String path;
    private final String topic;
    private String next = "";
    private final Select<String> from = new Select<>();
    private final TextField position = new TextField();
    private final IntegerField partition = new IntegerField();
    private final TextField filter = new TextField();
    private final Div found = new Div();
    private final Grid<TopicRecord> grid = new Grid<>();
    private final Paragraph scan = new Paragraph();
    private final Button more = new Button("Go on", click -> look(next));
    private final transient List<TopicRecord> records = new ArrayList<>();

    RecordsPanel(Desk desk, String cluster, String topic) {
        this.desk = desk;
        this.topic = topic;
        this.path = TopicPaths.one(cluster, topic) + "/records";
        addClassName("records");
        var produce = new Button("Produce", click -> openProduce(null));
        produce.addThemeVariants(ButtonVariant.LUMO_SMALL);
        produce.setId("produce");
        var header = new Header(new H2("Records"), produce);
        header.addClassName("section-header");
        scan.addClassNames("quiet", "scan");
        more.addThemeVariants(ButtonVariant.LUMO_SMALL);
        more.setId("go-on");
        createColumns();
        add(header, createToolbar(), found);
        look("");
    }

    private Div createToolbar() {
        from.setItems("latest", "earliest", "offset", "time");
        from.setValue("latest");
        from.setAriaLabel("From");
        from.addClassName("records-from");
        position.setVisible(false);
        position.setAriaLabel("Offset or time");
        from.addValueChangeListener(changed -> {
            position.setVisible(
                    changed.getValue().equals("offset") || changed.getValue().equals("time"));
            position.setPlaceholder(changed.getValue().equals("time") ? "2026-01-31T12:00:00Z" : "0");
            if (!position.isVisible()) {
                look("");
            }
        });
        position.addValueChangeListener(changed -> look(""));
        partition.setPlaceholder("every partition");
        partition.setAriaLabel("Partition");
        partition.setMin(0);
        partition.setClearButtonVisible(true);
        partition.addValueChangeListener(changed -> look(""));
        filter.setPlaceholder("Key, value or header contains…");
        filter.setAriaLabel("Filter");
        filter.setClearButtonVisible(true);
        filter.setId("record-filter");
        filter.addValueChangeListener(changed -> look(""));
        var again = new Button("Look", click -> look(""));
        again.setId("look");
        var toolbar = new Div(from, position, partition, filter, again);
        toolbar.addClassName("toolbar");
        return toolbar;
    }

    private void createColumns() {
        grid.addColumn(TopicRecord::partition)
                .setHeader("Partition")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(TopicRecord::offset)
                .setHeader("Offset")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(record -> String.valueOf(record.timestamp()))
                .setHeader("Time")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(record -> text(record.key(), "none")).setHeader("Key").setFlexGrow(1);
        grid.addColumn(record -> text(record.value(), "tombstone"))
                .setHeader("Value")
                .setFlexGrow(3);
        grid.setItemDetailsRenderer(new ComponentRenderer<>(this::createDetails));
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
        grid.setAllRowsVisible(true);
    }

    static String text(TopicRecord.@Nullable Data data, String none) {
        return data == null ? none : data.data() + (data.truncated() ? "…" : "");
    }

    private Div createDetails(TopicRecord record) {
        var details = new Div();
        details.addClassName("record-details");
        record.headers().forEach(header -> {
            var name = new Span(header.key());
            name.addClassName("mono");
            details.add(new Div(name, new Span(" = " + text(header.value(), "none"))));
        });
        details.add(new CodeBlock("the value", text(record.value(), "")));
        var size = new Span(record.sizeBytes() + " bytes, "
                + record.timestampType().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        size.addClassName("quiet");
        var replay = new Button("Produce again", click -> openProduce(record));
        replay.addThemeVariants(ButtonVariant.LUMO_SMALL);
        replay.addClassName("replay");
        details.add(size, replay);
        return details;
    }

    private Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put(
                "from",
                switch (from.getValue()) {
                    case "offset" ->
                        position.isEmpty()
                                ? "earliest"
                                : "offset:" + position.getValue().strip();
                    case "time" ->
                        position.isEmpty()
                                ? "earliest"
                                : "timestamp:" + position.getValue().strip();
                    default -> from.getValue();
                });
        partition.getOptionalValue().ifPresent(one -> query.put("partition", one.toString()));
        query.put("filter", filter.getValue().strip());
        return query;
    }

    /// @param token where to go on; empty to begin anew
    private void look(String token) {
        if (token.isEmpty()) {
            records.clear();
        }
        var address = new StringBuilder(path).append("?limit=50");
        query().forEach((name, value) -> {
            if (!value.isEmpty()) {
                address.append('&').append(name).append('=').append(ApiCall.encoded(value));
            }
        });
        if (!token.isEmpty()) {
            address.append("&page_token=").append(ApiCall.encoded(token));
        }
        found.removeAll();
        desk.into(found, desk.api().read(Kind.RECORD_PAGE, address.toString()), this::show);
    }

    private void show(RecordPage page) {
        records.addAll(page.data());
        next = Optional.ofNullable(page.metadata().nextPageToken()).orElse("");
        scan.setText(scanned(page.scan()));
        if (records.isEmpty()) {
            found.add(
                    page.scan().atEnd() && filter.isEmpty()
                            ? new EmptyState(
                                    "No records here yet", "Produce the first one, or look again when a client has.")
                            : new EmptyState("Nothing matched so far", scanned(page.scan())));
        } else {
            grid.setItems(List.copyOf(records));
            found.add(grid);
        }
        more.setText(page.scan().atEnd() ? "Look for newer ones" : "Go on");
        more.setEnabled(!next.isEmpty());
        var foot = new Div(scan, more);
        foot.addClassName("records-foot");
        found.add(foot);
    }

    /// What was looked at, so that an empty answer can be believed.
    static String scanned(RecordPage.Scan scan) {
        var why = switch (scan.stoppedBecause()) {
            case "LIMIT" -> "stopped because that fills the page";
            case "MAX_SCAN" -> "stopped because that is as many as are looked at in one go";
            case "TIME" -> "stopped because it took ten seconds";
            default -> "that is all there is now";
        };
        return "Looked at " + scan.records() + " records, " + scan.matched() + " matched; " + why + ".";
    }

    /// @param again a record to begin with; null for an empty form
    private void openProduce(@Nullable TopicRecord again) {
        var key = new TextField("Key");
        key.setWidthFull();
        key.setPlaceholder("none");
        key.setId("produce-key");
        key.setValueChangeMode(ValueChangeMode.EAGER);
        var value = new TextArea("Value");
        value.setWidthFull();
        value.setMinRows(4);
        value.setId("produce-value");
        value.setValueChangeMode(ValueChangeMode.EAGER);
        if (again != null) {
            key.setValue(text(again.key(), ""));
            value.setValue(text(again.value(), ""));
        }
        new ChangeDialog<>(
                        desk,
                        "Produce to " + topic,
                        "Produce",
                        Kind.RECORDS_WRITTEN,
                        () -> {
                            Map<String, Object> record = new LinkedHashMap<>();
                            if (!key.isEmpty()) {
                                record.put("key", Map.of("data", key.getValue()));
                            }
                            record.put("value", Map.of("data", value.getValue()));
                            return ApiCall.post(path, Map.of("records", List.of(record)));
                        },
                        written -> {
                            written.records()
                                    .forEach(place -> desk.done("Acknowledged: partition " + place.partition()
                                            + ", offset " + place.offset() + "."));
                            look("");
                        })
                .field("/records/0/key", key)
                .field("/records/0/value", value)
                .open();
    }
}
