// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.cluster;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.Facts;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.annotation.Order;

/// What a cluster is meant to be, and how it is changed and deleted.
@SpringComponent
@VaadinSessionScope
@Order(90)
class SettingsTab implements ClusterTab {
    private final Desk desk;

    SettingsTab(Desk desk) {
        this.desk = desk;
    }

    @Override
    public String path() {
        return "settings";
    }

    @Override
    public String title() {
        return "Settings";
    }

    @Override
    public Component content(Resource<ClusterSpec, ClusterStatus> cluster) {
        var content = new Div(createFacts(cluster), createChanges(cluster), createEnd(cluster));
        content.addClassNames("content", "settings");
        return content;
    }

    private static Facts createFacts(Resource<ClusterSpec, ClusterStatus> cluster) {
        var spec = cluster.spec();
        return new Facts()
                .fact("Latency profile", String.valueOf(spec.latencyProfile()).toLowerCase(java.util.Locale.ROOT))
                .fact("Shards", String.valueOf(spec.shards()))
                .fact("Fleet", String.valueOf(spec.fleetId()))
                .fact("Bucket", String.valueOf(spec.bucketId()))
                .fact("Prefix in the bucket", String.valueOf(spec.prefix()))
                .fact(
                        "Clients",
                        "OPEN_ON_LOOPBACK".equals(spec.authentication())
                                ? "may do everything over loopback"
                                : "say who they are");
    }

    private Section createChanges(Resource<ClusterSpec, ClusterStatus> cluster) {
        var name = new TextField("Name");
        name.setValue(cluster.metadata().name());
        var profile = new Select<String>();
        profile.setLabel("Latency profile");
        profile.setItems("FAST", "BALANCED", "ECONOMY");
        profile.setValue(cluster.spec().latencyProfile());
        var automatic = new Checkbox("A client's first use of a topic creates it");
        automatic.setValue(Boolean.TRUE.equals(cluster.spec().autoCreateTopics()));
        var partitions = new IntegerField("Partitions of a topic whose creator does not say");
        partitions.setValue(
                Optional.ofNullable(cluster.spec().defaultPartitions()).orElse(1));
        partitions.setMin(1);
        partitions.setStepButtonsVisible(true);
        var protection = new Checkbox("Protected from deletion");
        protection.setValue(cluster.metadata().deletionProtection());
        java.util.List.<Component>of(name, profile, partitions)
                .forEach(field -> field.getElement().getStyle().set("width", "100%"));
        name.setValueChangeMode(ValueChangeMode.EAGER);
        var change = new Button(
                "Change settings",
                click -> new ChangeDialog<>(
                                desk,
                                "Settings of " + cluster.metadata().name(),
                                "Save",
                                Kind.CLUSTER,
                                () -> ApiCall.patch(
                                        ClusterNavigation.path(cluster.id()),
                                        Map.of(
                                                "metadata",
                                                Map.of(
                                                        "name",
                                                        name.getValue().strip(),
                                                        "deletion_protection",
                                                        protection.getValue()),
                                                "spec",
                                                Map.of(
                                                        "latency_profile",
                                                        profile.getValue(),
                                                        "auto_create_topics",
                                                        automatic.getValue(),
                                                        "default_partitions",
                                                        Optional.ofNullable(partitions.getValue())
                                                                .orElse(1)))),
                                changed -> {
                                    desk.done("Saved.");
                                    click.getSource()
                                            .getUI()
                                            .ifPresent(ui -> ui.getPage().reload());
                                })
                        .field("/metadata/name", name)
                        .field("/spec/latency_profile", profile)
                        .field("/spec/default_partitions", partitions)
                        .field("/spec/auto_create_topics", automatic)
                        .field("/metadata/deletion_protection", protection)
                        .open());
        change.setId("change-settings");
        return new Section(change);
    }

    private Section createEnd(Resource<ClusterSpec, ClusterStatus> cluster) {
        var name = cluster.metadata().name();
        var delete = new Button(
                "Delete cluster",
                click -> new ChangeDialog<>(
                                desk,
                                "Delete " + name + "?",
                                "Delete cluster",
                                Kind.NOTHING,
                                () -> ApiCall.delete(ClusterNavigation.path(cluster.id())),
                                gone -> {
                                    desk.done("Cluster " + name + " is being deleted. It can be restored for a while.");
                                    click.getSource().getUI().ifPresent(ui -> ui.navigate("clusters"));
                                })
                        .text(
                                "Its clients are turned away at once. Until its objects are removed it can be restored with all"
                                        + " it holds.")
                        .danger(name)
                        .open());
        delete.addThemeVariants(ButtonVariant.LUMO_ERROR);
        delete.setId("delete-cluster");
        var section = new Section(new H2("The end"), delete);
        section.addClassName("danger-zone");
        return section;
    }
}
