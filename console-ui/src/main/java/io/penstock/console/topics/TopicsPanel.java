// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.penstock.api.Resource;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Hcl;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A cluster's topics, as many as there are: read as far as one scrolls, found by the beginning of their names.
final class TopicsPanel extends Div {
    private static final long serialVersionUID = 1L;
    private static final int ROWS_WITHOUT_SCROLLING = 25;

    private final transient Desk desk;
    private final String cluster;
    private final TextField search = new TextField();
    private final Checkbox internal = new Checkbox("Internal topics");
    private final Checkbox deleted = new Checkbox("Deleted");
    private final Grid<Resource<TopicSpec, TopicStatus>> grid = new Grid<>();
    private final Div list = new Div();

    TopicsPanel(Desk desk, String cluster) {
        this.desk = desk;
        this.cluster = cluster;
        addClassName("topics");
        add(createToolbar(), list);
        createColumns();
        load();
    }

    private Div createToolbar() {
        search.setPlaceholder("Name starts with…");
        search.setPrefixComponent(VaadinIcon.SEARCH.create());
        search.setClearButtonVisible(true);
        search.setValueChangeMode(ValueChangeMode.LAZY);
        search.setAriaLabel("Find topics");
        search.setId("topic-search");
        search.addValueChangeListener(changed -> load());
        internal.addValueChangeListener(changed -> load());
        deleted.addValueChangeListener(changed -> load());
        var create = new Button("Create topic", VaadinIcon.PLUS.create(), click -> openCreation());
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.setId("create-topic");
        var toolbar = new Div(search, internal, deleted, create);
        toolbar.addClassName("toolbar");
        return toolbar;
    }

    private void createColumns() {
        grid.addComponentColumn(this::createName).setHeader("Topic").setFlexGrow(3);
        grid.addColumn(topic -> topic.spec().partitions())
                .setHeader("Partitions")
                .setAutoWidth(true)
                .setFlexGrow(0);
        grid.addColumn(topic -> cleanup(topic.spec()))
                .setHeader("Cleanup")
                .setAutoWidth(true)
                .setFlexGrow(1);
        grid.addColumn(topic -> retention(topic.spec()))
                .setHeader("Kept for")
                .setAutoWidth(true)
                .setFlexGrow(1);
        grid.addComponentColumn(this::createAction).setAutoWidth(true).setFlexGrow(0);
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
    }

    private Div createName(Resource<TopicSpec, TopicStatus> topic) {
        var name = topic.metadata().name();
        var cell = new Div();
        if (deleted.getValue()) {
            cell.add(new Span(name));
        } else {
            cell.add(new Anchor(TopicPaths.address(cluster, name), name));
        }
        if (topic.status().internal()) {
            var mark = new Span("internal");
            mark.addClassName("tag");
            cell.add(mark);
        }
        return cell;
    }

    private Div createAction(Resource<TopicSpec, TopicStatus> topic) {
        if (!deleted.getValue()) {
            return new Div();
        }
        var until = Optional.ofNullable(topic.status().restorableUntil())
                .map(time -> "until " + time)
                .orElse("");
        var restore = new Button("Restore", click -> restore(topic));
        restore.addThemeVariants(ButtonVariant.LUMO_SMALL);
        restore.setTooltipText(until);
        return new Div(restore);
    }

    private void restore(Resource<TopicSpec, TopicStatus> topic) {
        var call = ApiCall.post(
                TopicPaths.one(cluster, topic.metadata().name()) + "/restores?topic_id=" + ApiCall.encoded(topic.id()),
                Map.of());
        desk.orTell(desk.api().send(Kind.TOPIC, call), restored -> {
            desk.done("Topic " + topic.metadata().name() + " is back with all its records.");
            deleted.setValue(false);
        });
    }

    private void load() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("prefix", search.getValue().strip());
        query.put("internal", internal.getValue() ? "true" : "");
        query.put("deleted", deleted.getValue() ? "true" : "");
        var pages = new TopicPages(token -> desk.api().page(Kind.TOPIC, TopicPaths.all(cluster), query, token));
        list.removeAll();
        desk.into(list, desk.api().page(Kind.TOPIC, TopicPaths.all(cluster), query, ""), first -> {
            if (first.items().isEmpty()) {
                list.add(createEmpty());
                return;
            }
            grid.setItems(request -> pages.from(request.getOffset(), request.getLimit()).stream());
            grid.setAllRowsVisible(first.nextToken().isEmpty() && first.items().size() <= ROWS_WITHOUT_SCROLLING);
            list.add(grid);
        });
    }

    private EmptyState createEmpty() {
        if (deleted.getValue()) {
            return new EmptyState("Nothing to restore", "Deleted topics stay here for as long as they can come back.");
        }
        return search.isEmpty()
                ? new EmptyState(
                        "No topics yet",
                        "Create the first one here, or let a client do it: any Kafka tool works on this cluster.")
                : new EmptyState("No topic starts with that", "Names are compared letter by letter.");
    }

    private void openCreation() {
        var name = new TextField("Name");
        name.setId("topic-name");
        name.setAutofocus(true);
        name.setWidthFull();
        name.setValueChangeMode(ValueChangeMode.EAGER);
        var partitions = new IntegerField("Partitions");
        partitions.setValue(1);
        partitions.setMin(1);
        partitions.setStepButtonsVisible(true);
        partitions.setHelperText("The most consumers of one group that can share the work. Can grow, never shrink.");
        var cleanup = new Select<String>();
        cleanup.setLabel("Cleanup");
        cleanup.setItems("delete", "compact", "compact,delete");
        cleanup.setValue("delete");
        cleanup.setHelperText("delete: by age and size. compact: the last record of each key stays.");
        var retention = new Select<Retention>();
        retention.setLabel("Keep records for");
        retention.setItems(Retention.values());
        retention.setValue(Retention.WEEK);
        retention.setItemLabelGenerator(one -> one.text);

        new ChangeDialog<>(
                        desk,
                        "Create topic",
                        "Create topic",
                        Kind.TOPIC,
                        () -> ApiCall.post(
                                TopicPaths.all(cluster),
                                Map.of(
                                        "metadata",
                                        Map.of("name", name.getValue().strip()),
                                        "spec",
                                        spec(partitions, cleanup, retention))),
                        made -> getUI().ifPresent(ui -> ui.navigate(
                                TopicPaths.address(cluster, made.metadata().name()))))
                .field("/metadata/name", name)
                .field("/spec/partitions", partitions)
                .field("/spec/configs/cleanup.policy", cleanup)
                .field("/spec/configs/retention.ms", retention)
                .script("Terraform", () -> {
                    Map<String, Object> attributes = new LinkedHashMap<>();
                    attributes.put("cluster_id", cluster);
                    attributes.put("name", name.getValue().strip());
                    spec(partitions, cleanup, retention)
                            .forEach((key, value) -> attributes.put(key.equals("configs") ? "config" : key, value));
                    return Hcl.resource("penstock_topic", name.getValue().strip(), attributes);
                })
                .script(
                        "kafka-topics",
                        () -> "kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic "
                                + name.getValue().strip() + " --partitions " + number(partitions)
                                + " --config cleanup.policy=" + cleanup.getValue() + " --config retention.ms="
                                + retention.getValue().millis)
                .open();
    }

    private static Map<String, Object> spec(
            IntegerField partitions, Select<String> cleanup, Select<Retention> retention) {
        Map<String, Object> configs = new LinkedHashMap<>();
        configs.put("cleanup.policy", cleanup.getValue());
        configs.put("retention.ms", Long.toString(retention.getValue().millis));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("partitions", number(partitions));
        spec.put("configs", configs);
        return spec;
    }

    private static int number(IntegerField field) {
        return Optional.ofNullable(field.getValue()).orElse(1);
    }

    private static String cleanup(TopicSpec spec) {
        return config(spec, "cleanup.policy").orElse("delete");
    }

    private static String retention(TopicSpec spec) {
        return config(spec, "retention.ms").map(TopicsPanel::readable).orElse("7 days");
    }

    private static Optional<String> config(TopicSpec spec, String name) {
        return Optional.ofNullable(spec.configs()).map(configs -> configs.get(name));
    }

    private static String readable(String millis) {
        try {
            long number = Long.parseLong(millis);
            return number < 0 ? "ever" : Retention.text(Duration.ofMillis(number));
        } catch (NumberFormatException e) {
            return millis;
        }
    }

    /// How long people usually keep records.
    private enum Retention {
        HOUR("1 hour", Duration.ofHours(1).toMillis()),
        DAY("1 day", Duration.ofDays(1).toMillis()),
        WEEK("7 days", Duration.ofDays(7).toMillis()),
        MONTH("30 days", Duration.ofDays(30).toMillis()),
        YEAR("1 year", Duration.ofDays(365).toMillis()),
        EVER("ever", -1);

        private final String text;
        private final long millis;

        Retention(String text, long millis) {
            this.text = text;
            this.millis = millis;
        }

        private static String text(Duration duration) {
            if (duration.toDays() > 0 && duration.equals(Duration.ofDays(duration.toDays()))) {
                return duration.toDays() == 1 ? "1 day" : duration.toDays() + " days";
            }
            if (duration.toHours() > 0 && duration.equals(Duration.ofHours(duration.toHours()))) {
                return duration.toHours() == 1 ? "1 hour" : duration.toHours() + " hours";
            }
            return duration.toMinutes() > 0 ? duration.toMinutes() + " min" : duration.toMillis() + " ms";
        }
    }
}
