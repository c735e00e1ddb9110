// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.access;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.penstock.api.AclSpec;
import io.penstock.api.AclStatus;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.CredentialSpec;
import io.penstock.api.CredentialStatus;
import io.penstock.api.Resource;
import io.penstock.api.ServiceAccountSpec;
import io.penstock.api.ServiceAccountStatus;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.Hcl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Service accounts of the cluster's tenant, with what each has and may do here.
final class AccessPanel extends Div {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final String cluster;
    private final String tenant;

    AccessPanel(Desk desk, Resource<ClusterSpec, ClusterStatus> cluster) {
        this.desk = desk;
        this.cluster = cluster.id();
        this.tenant = Optional.ofNullable(cluster.metadata().tenantId()).orElse("");
        addClassNames("access", "content");
        load();
    }

    private void load() {
        removeAll();
        desk.into(
                this,
                desk.api().all(Kind.SERVICE_ACCOUNT, "/v1/service-accounts", Map.of("tenant_id", tenant)),
                accounts -> {
                    add(createAccounts(accounts));
                    add(createAcls(accounts));
                });
    }

    private Section createAccounts(List<Resource<ServiceAccountSpec, ServiceAccountStatus>> accounts) {
        var create = new Button("Create service account", VaadinIcon.PLUS.create(), click -> openAccount());
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.setId("create-account");
        var section = new Section(sectionHeader("Service accounts", create));
        if (accounts.isEmpty()) {
            section.add(new EmptyState(
                    "Nobody has access yet",
                    "A service account is one program. Make one, give it a credential, and say what it may do."));
            return section;
        }
        var credentials = desk.orNothing(
                desk.api().all(Kind.CREDENTIAL, ClusterNavigation.path(cluster) + "/credentials", Map.of()));
        Map<String, List<Resource<CredentialSpec, CredentialStatus>>> byAccount = credentials.stream()
                .collect(Collectors.groupingBy(one ->
                        Optional.ofNullable(one.spec().serviceAccountId()).orElse("")));
        var grid = new Grid<Resource<ServiceAccountSpec, ServiceAccountStatus>>();
        grid.addColumn(one -> one.metadata().name()).setHeader("Name").setFlexGrow(2);
        grid.addColumn(one -> one.status().principal()).setHeader("Principal").setFlexGrow(2);
        grid.addComponentColumn(one -> createCredentials(byAccount.getOrDefault(one.id(), List.of())))
                .setHeader("Credentials here")
                .setFlexGrow(3);
        grid.addComponentColumn(one -> {
                    var more = new Button("New credential", click -> openCredential(one));
                    more.addThemeVariants(ButtonVariant.LUMO_SMALL);
                    more.addClassName("new-credential");
                    var give = new Button("Give access", click -> openGrant(one));
                    give.addThemeVariants(ButtonVariant.LUMO_SMALL);
                    give.addClassName("give-access");
                    var actions = new Div(more, give);
                    actions.addClassName("row-actions");
                    return actions;
                })
                .setAutoWidth(true)
                .setFlexGrow(0);
        style(grid);
        grid.setItems(accounts);
        section.add(grid);
        return section;
    }

    private Div createCredentials(List<Resource<CredentialSpec, CredentialStatus>> credentials) {
        var cell = new Div();
        cell.addClassName("credentials");
        for (var credential : credentials) {
            var name = new Span(credential.status().username());
            name.addClassName("mono");
            var until = Optional.ofNullable(credential.spec().expiresAt())
                    .map(time -> "until " + time)
                    .orElse("does not expire");
            name.getElement().setAttribute("title", until);
            var rotate = new Button("Rotate", click -> openRotation(credential));
            rotate.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY);
            var revoke = new Button("Revoke", click -> openRevocation(credential));
            revoke.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
            cell.add(new Div(name, rotate, revoke));
        }
        return cell;
    }

    private Section createAcls(List<Resource<ServiceAccountSpec, ServiceAccountStatus>> accounts) {
        Map<String, String> names = accounts.stream()
                .collect(Collectors.toMap(
                        one -> one.status().principal(), one -> one.metadata().name(), (first, second) -> first));
        var section = new Section(sectionHeader("What they may do"));
        var place = new Div();
        section.add(place);
        desk.into(place, desk.api().all(Kind.ACL, ClusterNavigation.path(cluster) + "/acls", Map.of()), acls -> {
            if (acls.isEmpty()) {
                place.add(new EmptyState(
                        "No ACLs", "Who is not allowed anything may do nothing. Give access to a service account."));
                return;
            }
            var grid = new Grid<Resource<AclSpec, AclStatus>>();
            grid.addColumn(acl -> names.getOrDefault(
                            acl.spec().principal(), acl.spec().principal()))
                    .setHeader("Who")
                    .setFlexGrow(2);
            grid.addColumn(acl -> sentence(acl.spec())).setHeader("May").setFlexGrow(4);
            grid.addComponentColumn(acl -> {
                        var delete = new Button(
                                "Remove",
                                click -> desk.orTell(
                                        desk.api()
                                                .send(
                                                        Kind.NOTHING,
                                                        ApiCall.delete(ClusterNavigation.path(cluster) + "/acls/"
                                                                + ApiCall.encoded(acl.id()))),
                                        gone -> load()));
                        delete.addThemeVariants(
                                ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
                        return delete;
                    })
                    .setAutoWidth(true)
                    .setFlexGrow(0);
            style(grid);
            grid.setItems(acls);
            place.add(grid);
        });
        return section;
    }

    /// An ACL as people say it.
    static String sentence(AclSpec acl) {
        var things = String.valueOf(acl.resourceType()).toLowerCase(Locale.ROOT).replace('_', ' ');
        var which = "PREFIXED".equals(acl.patternType())
                ? "every " + things + " that starts with " + acl.resourceName()
                : "*".equals(acl.resourceName()) ? "every " + things : things + " " + acl.resourceName();
        var may = "DENY".equals(acl.permission()) ? "never " : "";
        var from = acl.host() == null || acl.host().equals("*") ? "" : ", from " + acl.host() + " only";
        return may + String.valueOf(acl.operation()).toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + which + from;
    }

    private void openAccount() {
        var name = new TextField("Name");
        name.setWidthFull();
        name.setAutofocus(true);
        name.setId("account-name");
        name.setValueChangeMode(ValueChangeMode.EAGER);
        var purpose = new TextField("What it is for");
        purpose.setWidthFull();
        new ChangeDialog<>(
                        desk,
                        "Create service account",
                        "Create",
                        Kind.SERVICE_ACCOUNT,
                        () -> {
                            Map<String, Object> metadata = new LinkedHashMap<>();
                            metadata.put("name", name.getValue().strip());
                            metadata.put("tenant_id", tenant);
                            return ApiCall.post(
                                    "/v1/service-accounts",
                                    Map.of(
                                            "metadata",
                                            metadata,
                                            "spec",
                                            purpose.isEmpty() ? Map.of() : Map.of("description", purpose.getValue())));
                        },
                        made -> load())
                .field("/metadata/name", name)
                .field("/spec/description", purpose)
                .script(
                        "Terraform",
                        () -> Hcl.resource(
                                "penstock_service_account",
                                name.getValue().strip(),
                                Map.of("name", name.getValue().strip())))
                .open();
    }

    private void openCredential(Resource<ServiceAccountSpec, ServiceAccountStatus> account) {
        var mechanism = new Select<String>();
        mechanism.setLabel("Mechanism");
        mechanism.setItems("SCRAM_SHA_512", "SCRAM_SHA_256");
        mechanism.setValue("SCRAM_SHA_512");
        new ChangeDialog<>(
                        desk,
                        "New credential for " + account.metadata().name(),
                        "Create credential",
                        Kind.CREDENTIAL,
                        () -> ApiCall.post(
                                ClusterNavigation.path(cluster) + "/credentials",
                                Map.of(
                                        "spec",
                                        Map.of("service_account_id", account.id(), "mechanism", mechanism.getValue()))),
                        this::showSecret)
                .text("The secret is shown once, when it is made.")
                .field("/spec/mechanism", mechanism)
                .open();
    }

    private void openRotation(Resource<CredentialSpec, CredentialStatus> credential) {
        var overlap = new Select<String>();
        overlap.setLabel("The old one keeps working for");
        overlap.setItems("PT0S", "PT1H", "PT24H", "P7D");
        overlap.setItemLabelGenerator(one -> switch (one) {
            case "PT0S" -> "not at all";
            case "PT1H" -> "an hour";
            case "PT24H" -> "a day";
            default -> "a week";
        });
        overlap.setValue("PT24H");
        new ChangeDialog<>(
                        desk,
                        "Rotate " + credential.status().username(),
                        "Rotate",
                        Kind.CREDENTIAL,
                        () -> ApiCall.post(
                                credentialPath(credential) + "/rotations", Map.of("overlap", overlap.getValue())),
                        this::showSecret)
                .text("A new credential takes its place; both work until the old one ends.")
                .field("/overlap", overlap)
                .open();
    }

    private void openRevocation(Resource<CredentialSpec, CredentialStatus> credential) {
        new ChangeDialog<>(
                        desk,
                        "Revoke " + credential.status().username() + "?",
                        "Revoke",
                        Kind.NOTHING,
                        () -> ApiCall.delete(credentialPath(credential)),
                        gone -> load())
                .text("Clients that use it are turned away at once, and cannot come back with it.")
                .danger(credential.status().username())
                .open();
    }

    private String credentialPath(Resource<CredentialSpec, CredentialStatus> credential) {
        return ClusterNavigation.path(cluster) + "/credentials/" + ApiCall.encoded(credential.id());
    }

    private void showSecret(Resource<CredentialSpec, CredentialStatus> credential) {
        var user = new CopyText("user name");
        user.show(credential.status().username());
        var secret = new CopyText("secret");
        secret.show(Optional.ofNullable(credential.status().secret()).orElse("cannot be shown again"));
        secret.addClassName("secret");
        var dialog = new Dialog();
        dialog.setHeaderTitle("Keep this secret now");
        var text = new Paragraph("It is not kept where it could be read again. Whoever has it is this program.");
        text.addClassName("quiet");
        var content = new Div(text, new Facts().fact("User name", user).fact("Secret", secret));
        content.addClassName("change-content");
        dialog.add(content);
        dialog.setCloseOnOutsideClick(false);
        dialog.setCloseOnEsc(false);
        var close = new Button("I have kept it", click -> {
            dialog.close();
            load();
        });
        close.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        close.setId("secret-kept");
        dialog.getFooter().add(close);
        dialog.open();
    }

    private void openGrant(Resource<ServiceAccountSpec, ServiceAccountStatus> account) {
        var role = new Select<Grant.Role>();
        role.setLabel("It is a");
        role.setItems(Grant.Role.values());
        role.setItemLabelGenerator(one -> one.title);
        role.setValue(Grant.Role.PRODUCER);
        role.setHelperText(Grant.Role.PRODUCER.meaning);
        role.addValueChangeListener(changed -> role.setHelperText(changed.getValue().meaning));
        var topic = new TextField("Topic");
        topic.setWidthFull();
        topic.setId("grant-topic");
        topic.setPlaceholder("orders, or * for every topic");
        topic.setValueChangeMode(ValueChangeMode.EAGER);
        var prefixed = new Checkbox("These are beginnings of names");
        var group = new TextField("Consumer group");
        group.setWidthFull();
        group.setId("grant-group");
        group.setHelperText("Only for those who read.");
        group.setValueChangeMode(ValueChangeMode.EAGER);
        new GrantDialog(desk, cluster, account, role, topic, prefixed, group, this::load).open();
    }

    private static Header sectionHeader(String title, Button... actions) {
        var header = new Header(new H2(title));
        header.add(actions);
        header.addClassName("section-header");
        return header;
    }

    private static void style(Grid<?> grid) {
        grid.addThemeVariants(
                GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES, GridVariant.LUMO_WRAP_CELL_CONTENT);
        grid.addClassName("table-frame");
        grid.setAllRowsVisible(true);
    }
}
