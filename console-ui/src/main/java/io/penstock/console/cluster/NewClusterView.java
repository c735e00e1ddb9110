// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.cluster;

import com.vaadin.flow.component.HasValue;
import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.penstock.api.BucketSpec;
import io.penstock.api.BucketStatus;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.FleetSpec;
import io.penstock.api.FleetStatus;
import io.penstock.api.Resource;
import io.penstock.api.TenantSpec;
import io.penstock.api.TenantStatus;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.CurlText;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.Hcl;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.SameAs;
import io.penstock.console.parts.Script;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a cluster on one page. Everything but the name has a default.
@Route(value = ClusterNavigation.NEW, layout = ConsoleLayout.class)
@PageTitle("New cluster · Penstock")
class NewClusterView extends Main {
    private static final long serialVersionUID = 1L;

    /// Latency profiles, with what they mean to somebody who pays.
    private enum Profile {
        FAST("Fast", "Acknowledges as soon as the store allows. Most requests, highest cost."),
        BALANCED("Balanced", "Waits a few tens of milliseconds for company. The right choice for most."),
        ECONOMY("Economy", "Waits a quarter of a second: a fraction of the requests, for logs and analytics.");

        private final String title;
        private final String meaning;

        Profile(String title, String meaning) {
            this.title = title;
            this.meaning = meaning;
        }
    }

    private final transient Desk desk;
    private final Notice notice = new Notice();
    private final TextField name = new TextField("Name");
    private final Select<Resource<TenantSpec, TenantStatus>> tenant = new Select<>();
    private final RadioButtonGroup<Profile> profile = new RadioButtonGroup<>("Latency profile");
    private final Select<Resource<FleetSpec, FleetStatus>> fleet = new Select<>();
    private final Select<Resource<BucketSpec, BucketStatus>> bucket = new Select<>();
    private final IntegerField shards = new IntegerField("Shards");
    private final SameAs sameAs = new SameAs();
    private final Button create = new Button("Create cluster", click -> create());

    NewClusterView(Desk desk) {
        this.desk = desk;
        addClassNames("page", "new-cluster");
        add(new PageHeader("New cluster").under("Clusters", "clusters"), notice, createForm());
        load();
        showScripts();
    }

    private Div createForm() {
        name.setId("cluster-name");
        name.setHelperText("Lower case letters, digits and hyphens; unique in its tenant.");
        name.setPlaceholder("orders");
        name.setAutofocus(true);
        name.setRequiredIndicatorVisible(true);
        name.setValueChangeMode(ValueChangeMode.EAGER);
        tenant.setLabel("Tenant");
        tenant.setItemLabelGenerator(one -> one.metadata().name());
        profile.setItems(Profile.values());
        profile.setValue(Profile.BALANCED);
        profile.addClassName("profiles");
        profile.setRenderer(new ComponentRenderer<>(NewClusterView::createProfile));
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.addClickShortcut(Key.ENTER);
        create.setDisableOnClick(true);
        create.setId("create-cluster");
        List.<HasValue<?, ?>>of(name, tenant, profile, fleet, bucket, shards)
                .forEach(field -> field.addValueChangeListener(changed -> showScripts()));
        var form = new Div(name, tenant, profile, createAdvanced(), create, sameAs);
        form.addClassNames("form", "card");
        return form;
    }

    private static Div createProfile(Profile profile) {
        var meaning = new Span(profile.meaning);
        meaning.addClassName("quiet");
        var choice = new Div(new Span(profile.title), meaning);
        choice.addClassName("choice");
        return choice;
    }

    private Details createAdvanced() {
        fleet.setLabel("Fleet");
        fleet.setHelperText("Whose brokers serve it.");
        bucket.setLabel("Bucket");
        bucket.setHelperText("Where its records live. Never changes.");
        shards.setPlaceholder("chosen for you");
        shards.setHelperText("The units that brokers lead. More brokers than shards never help. Never changes.");
        shards.setMin(1);
        shards.setStepButtonsVisible(true);
        var fields = new Div(fleet, bucket, shards);
        fields.addClassName("form");
        return new Details("Fleet, bucket and shards", fields);
    }

    private void load() {
        desk.orTell(desk.api().all(Kind.TENANT, "/v1/tenants", Map.of()), tenants -> {
            tenant.setItems(tenants);
            tenants.stream().findFirst().ifPresent(tenant::setValue);
            tenant.setVisible(tenants.size() > 1);
        });
        // Who may not see these gets the defaults.
        offer(fleet, desk.orNothing(desk.api().all(Kind.FLEET, "/v1/fleets", Map.of())));
        offer(bucket, desk.orNothing(desk.api().all(Kind.BUCKET, "/v1/buckets", Map.of())));
    }

    private static <S, T> void offer(Select<Resource<S, T>> field, List<Resource<S, T>> items) {
        field.setItems(items);
        field.setEmptySelectionAllowed(true);
        field.setEmptySelectionCaption("the default");
        // The empty choice is asked for its label, too.
        field.setItemLabelGenerator(one ->
                Optional.ofNullable(one).map(known -> known.metadata().name()).orElse("the default"));
    }

    private ApiCall call() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name.getValue().strip());
        tenant.getOptionalValue().ifPresent(chosen -> metadata.put("tenant_id", chosen.id()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("metadata", metadata);
        body.put("spec", spec());
        return ApiCall.post("/v1/clusters", body);
    }

    private Map<String, Object> spec() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("latency_profile", profile.getValue().name());
        fleet.getOptionalValue().ifPresent(chosen -> spec.put("fleet_id", chosen.id()));
        bucket.getOptionalValue().ifPresent(chosen -> spec.put("bucket_id", chosen.id()));
        shards.getOptionalValue().ifPresent(count -> spec.put("shards", count));
        return spec;
    }

    private String terraform() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("name", name.getValue().strip());
        tenant.getOptionalValue().ifPresent(chosen -> attributes.put("tenant_id", chosen.id()));
        attributes.putAll(spec());
        return Hcl.resource("penstock_cluster", name.getValue().strip(), attributes);
    }

    private void showScripts() {
        sameAs.show(List.of(new Script("curl", CurlText.of(call())), new Script("Terraform", terraform())));
    }

    private void create() {
        notice.clear();
        name.setInvalid(false);
        if (name.getValue().isBlank()) {
            name.setErrorMessage("A cluster needs a name.");
            name.setInvalid(true);
            name.focus();
            create.setEnabled(true);
            return;
        }
        var answer = desk.api().send(Kind.CLUSTER, call());
        switch (answer) {
            case Answer.Received<Resource<ClusterSpec, ClusterStatus>>(var made) ->
                getUI().ifPresent(ui -> ui.navigate(ClusterNavigation.address(made.id(), "connect")));
            case Answer.Refused<Resource<ClusterSpec, ClusterStatus>>(var refusal) -> {
                name.setErrorMessage(refusal.text());
                name.setInvalid(refusal.fields().stream()
                                .anyMatch(field -> field.pointer().equals("/metadata/name"))
                        || refusal.code().equals("already_exists"));
                if (!name.isInvalid()) {
                    notice.warn(refusal.text());
                }
                create.setEnabled(true);
            }
            case Answer<Resource<ClusterSpec, ClusterStatus>> other -> {
                notice.warn(desk.trouble(other));
                create.setEnabled(true);
            }
        }
    }
}
