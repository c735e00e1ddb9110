// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import io.penstock.api.Resource;
import io.penstock.api.TopicConfig;
import io.penstock.api.TopicPartition;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.PageHeader;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One topic: who leads its partitions, how it is set, and how it is changed.
@Route(value = "clusters/:cluster/topics/:topic", layout = ConsoleLayout.class)
class TopicView extends Main implements BeforeEnterObserver, HasDynamicTitle {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final transient List<TopicPart> parts;
    private final Div content = new Div();
    private String cluster = "";
    private String topic = "";

    TopicView(Desk desk, List<TopicPart> parts) {
        this.desk = desk;
        this.parts = parts;
        addClassNames("page", "topic-page");
    }

    @Override
    public String getPageTitle() {
        return topic + " · Penstock";
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        cluster = event.getRouteParameters().get("cluster").orElse("");
        topic = event.getRouteParameters().get("topic").orElse("");
        load();
    }

    private void load() {
        removeAll();
        content.removeAll();
        content.addClassName("content");
        var clusterName = desk.api().read(Kind.CLUSTER, ClusterNavigation.path(cluster))
                        instanceof
                        io.penstock.console.gateway.Answer.Received<
                                Resource<io.penstock.api.ClusterSpec, io.penstock.api.ClusterStatus>>(var found)
                ? found.metadata().name()
                : cluster;
        var header = new PageHeader(topic)
                .under("Clusters", "clusters")
                .under(clusterName, ClusterNavigation.address(cluster))
                .under("Topics", ClusterNavigation.address(cluster, "topics"));
        add(header, content);
        desk.into(content, desk.api().read(Kind.TOPIC, TopicPaths.one(cluster, topic)), found -> {
            header.action(createGrow(found), createDelete());
            content.add(createFacts(found));
            parts.forEach(part -> content.add(part.content(cluster, topic)));
            content.add(createConfigs(), createPartitions());
        });
    }

    private Facts createFacts(Resource<TopicSpec, TopicStatus> found) {
        var id = new CopyText("topic id");
        id.show(found.id());
        return new Facts()
                .fact("Partitions", String.valueOf(found.spec().partitions()))
                .fact("Replication factor", found.spec().replicationFactor() + ", by the object store")
                .fact("Created", String.valueOf(found.metadata().createdAt()))
                .fact("Topic id", id);
    }

    private Button createGrow(Resource<TopicSpec, TopicStatus> found) {
        int now = Optional.ofNullable(found.spec().partitions()).orElse(1);
        var button = new Button("Add partitions", click -> {
            var partitions = new IntegerField("Partitions");
            partitions.setValue(now + 1);
            partitions.setMin(now + 1);
            partitions.setStepButtonsVisible(true);
            new ChangeDialog<>(
                            desk,
                            "Add partitions to " + topic,
                            "Add partitions",
                            Kind.TOPIC,
                            () -> ApiCall.patch(
                                    TopicPaths.one(cluster, topic),
                                    Map.of(
                                            "spec",
                                            Map.of(
                                                    "partitions",
                                                    Optional.ofNullable(partitions.getValue())
                                                            .orElse(now)))),
                            grown -> load())
                    .text("There are " + now + " now. Records with a key go to other partitions from then on than"
                            + " before, so their order across the change is lost.")
                    .field("/spec/partitions", partitions)
                    .script(
                            "kafka-topics",
                            () -> "kafka-topics.sh --bootstrap-server $BOOTSTRAP --alter --topic " + topic
                                    + " --partitions " + partitions.getValue())
                    .open();
        });
        button.setId("add-partitions");
        return button;
    }

    private Button createDelete() {
        var button = new Button(
                "Delete",
                click -> new ChangeDialog<>(
                                desk,
                                "Delete " + topic + "?",
                                "Delete topic",
                                Kind.NOTHING,
                                () -> ApiCall.delete(TopicPaths.one(cluster, topic)),
                                gone -> {
                                    desk.done("Topic " + topic + " is deleted. It can be restored for a while.");
                                    getUI().ifPresent(ui -> ui.navigate(ClusterNavigation.address(cluster, "topics")));
                                })
                        .text(
                                "Clients lose it at once. Until its records are removed it can be restored from the list of"
                                        + " deleted topics.")
                        .danger(topic)
                        .script(
                                "kafka-topics",
                                () -> "kafka-topics.sh --bootstrap-server $BOOTSTRAP --delete --topic " + topic)
                        .open());
        button.addThemeVariants(ButtonVariant.LUMO_ERROR, ButtonVariant.LUMO_TERTIARY);
        button.setId("delete-topic");
        return button;
    }

    private Section createConfigs() {
        var section = new Section(new H2("Settings"));
        var place = new Div();
        section.add(place);
        desk.into(
                place,
                desk.api().all(Kind.TOPIC_CONFIG, TopicPaths.one(cluster, topic) + "/configs", Map.of()),
                all -> {
                    var grid = new Grid<TopicConfig>();
                    grid.addComponentColumn(TopicView::createConfigName)
                            .setHeader("Setting")
                            .setFlexGrow(3);
                    grid.addColumn(TopicConfig::value).setHeader("Value").setFlexGrow(2);
                    grid.addComponentColumn(TopicView::createSource)
                            .setHeader("From")
                            .setAutoWidth(true)
                            .setFlexGrow(0);
                    grid.addComponentColumn(this::createEdit).setAutoWidth(true).setFlexGrow(0);
                    grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
                    grid.addClassName("table-frame");
                    grid.setItems(all.stream()
                            .sorted(Comparator.comparing((TopicConfig config) -> !isSet(config))
                                    .thenComparing(TopicConfig::name))
                            .toList());
                    grid.setAllRowsVisible(true);
                    place.add(grid);
                });
        return section;
    }

    private static boolean isSet(TopicConfig config) {
        return "SET".equals(String.valueOf(config.source()));
    }

    private static Div createConfigName(TopicConfig config) {
        var name = new Span(config.name());
        name.addClassName("mono");
        var explained = new Span(config.documentation());
        explained.addClassNames("quiet", "explained");
        var cell = new Div(name, explained);
        cell.addClassName("config-name");
        return cell;
    }

    private static Span createSource(TopicConfig config) {
        var text = switch (String.valueOf(config.source())) {
            case "SET" -> "set here";
            case "CLUSTER" -> "cluster";
            default -> "default";
        };
        var source = new Span(text);
        source.addClassName("tag");
        source.setClassName("tag-accent", isSet(config));
        return source;
    }

    private Div createEdit(TopicConfig config) {
        var edit = new Button("Edit", click -> openEditor(config));
        edit.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY);
        edit.setAriaLabel("Edit " + config.name());
        var actions = new Div(edit);
        if (isSet(config)) {
            var reset = new Button(
                    "Reset",
                    click -> desk.orTell(desk.api().send(Kind.TOPIC, change(config.name(), null)), changed -> load()));
            reset.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY);
            reset.setAriaLabel("Reset " + config.name() + " to its default");
            actions.add(reset);
        }
        return actions;
    }

    private void openEditor(TopicConfig config) {
        var value = new TextField(config.name());
        value.setWidthFull();
        value.setValue(Optional.ofNullable(config.value()).orElse(""));
        value.setHelperText(
                "Default: " + config.defaultValue() + (config.allowed().isEmpty() ? "" : " · " + config.allowed()));
        value.setValueChangeMode(ValueChangeMode.EAGER);
        new ChangeDialog<>(
                        desk,
                        "Change a setting of " + topic,
                        "Save",
                        Kind.TOPIC,
                        () -> change(config.name(), value.getValue().strip()),
                        changed -> load())
                .text(config.documentation())
                .field("/spec/configs/" + config.name(), value)
                .script(
                        "kafka-configs",
                        () ->
                                "kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --entity-type topics --entity-name "
                                        + topic + " --add-config " + config.name() + "="
                                        + value.getValue().strip())
                .open();
    }

    /// @param value null takes the setting back to its default
    private ApiCall change(String name, @Nullable String value) {
        return ApiCall.patch(
                TopicPaths.one(cluster, topic),
                Map.of("spec", Map.of("configs", Collections.singletonMap(name, value))));
    }

    private Section createPartitions() {
        var section = new Section(new H2("Partitions"));
        var place = new Div();
        section.add(place);
        desk.into(
                place,
                desk.api().all(Kind.PARTITION, TopicPaths.one(cluster, topic) + "/partitions", Map.of()),
                partitions -> place.add(createPartitionGrid(partitions)));
        return section;
    }

    private static Grid<TopicPartition> createPartitionGrid(List<TopicPartition> partitions) {
        var grid = new Grid<TopicPartition>();
        grid.addColumn(TopicPartition::partition).setHeader("Partition").setAutoWidth(true);
        grid.addColumn(TopicPartition::shard).setHeader("Shard").setAutoWidth(true);
        grid.addColumn(one -> Optional.ofNullable(one.leader())
                        .map(leader -> "Node " + leader.nodeId() + "  " + leader.host() + ":" + leader.port())
                        .orElse("none"))
                .setHeader("Leader")
                .setAutoWidth(true);
        grid.addColumn(TopicPartition::leaderEpoch).setHeader("Leader epoch").setAutoWidth(true);
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.addClassName("table-frame");
        grid.setItems(partitions);
        if (partitions.size() <= 24) {
            grid.setAllRowsVisible(true);
        }
        return grid;
    }
}
