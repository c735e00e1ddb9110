// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.keys;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.penstock.api.ApiKeySpec;
import io.penstock.api.ApiKeyStatus;
import io.penstock.api.Resource;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.PageHeader;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Who may use the API, and as what.
@Route(value = "keys", layout = ConsoleLayout.class)
@PageTitle("API keys · Penstock")
class KeysView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final Div content = new Div();

    KeysView(Desk desk) {
        this.desk = desk;
        addClassNames("page", "keys");
        content.addClassName("content");
        var create = new Button("Create API key", VaadinIcon.PLUS.create(), click -> openCreation());
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.setId("create-key");
        add(new PageHeader("API keys").action(create), content);
        load();
    }

    private void load() {
        content.removeAll();
        desk.into(content, desk.api().all(Kind.API_KEY, "/v1/api-keys", Map.of()), keys -> {
            var grid = new Grid<Resource<ApiKeySpec, ApiKeyStatus>>();
            grid.addColumn(key -> key.metadata().name()).setHeader("Name").setFlexGrow(2);
            grid.addColumn(key -> role(String.valueOf(key.spec().role())))
                    .setHeader("Role")
                    .setFlexGrow(1);
            grid.addColumn(key -> Optional.ofNullable(key.metadata().tenantId()).orElse("everything"))
                    .setHeader("For")
                    .setFlexGrow(1);
            grid.addColumn(key -> Optional.ofNullable(key.spec().expiresAt())
                            .map(Object::toString)
                            .orElse("never"))
                    .setHeader("Ends")
                    .setFlexGrow(1);
            grid.addComponentColumn(this::createRevoke).setAutoWidth(true).setFlexGrow(0);
            grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
            grid.addClassName("table-frame");
            grid.setItems(keys);
            grid.setAllRowsVisible(true);
            content.add(grid);
        });
    }

    private static String role(String role) {
        return role.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private Button createRevoke(Resource<ApiKeySpec, ApiKeyStatus> key) {
        var name = key.metadata().name();
        var revoke = new Button(
                "Revoke",
                click -> new ChangeDialog<>(
                                desk,
                                "Revoke " + name + "?",
                                "Revoke",
                                Kind.NOTHING,
                                () -> ApiCall.delete("/v1/api-keys/" + ApiCall.encoded(key.id())),
                                gone -> load())
                        .text("Whoever uses it is turned away at once.")
                        .danger(name)
                        .open());
        revoke.addThemeVariants(ButtonVariant.LUMO_SMALL, ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_ERROR);
        return revoke;
    }

    private void openCreation() {
        var name = new TextField("Name");
        name.setWidthFull();
        name.setAutofocus(true);
        name.setValueChangeMode(ValueChangeMode.EAGER);
        name.setId("key-name");
        var role = new Select<String>();
        role.setLabel("Role");
        role.setItems("VIEWER", "DEVELOPER", "TENANT_ADMIN", "OPERATOR", "ORG_ADMIN", "METRICS_READER");
        role.setItemLabelGenerator(KeysView::role);
        role.setValue("VIEWER");
        new ChangeDialog<>(
                        desk,
                        "Create API key",
                        "Create key",
                        Kind.API_KEY,
                        () -> ApiCall.post(
                                "/v1/api-keys",
                                Map.of(
                                        "metadata",
                                        Map.of("name", name.getValue().strip()),
                                        "spec",
                                        Map.of("role", role.getValue()))),
                        this::showSecret)
                .text("The key is shown once, when it is made.")
                .field("/metadata/name", name)
                .field("/spec/role", role)
                .open();
    }

    private void showSecret(Resource<ApiKeySpec, ApiKeyStatus> key) {
        var secret = new CopyText("key");
        secret.show(Optional.ofNullable(key.status().secret()).orElse("cannot be shown again"));
        secret.addClassName("secret");
        var text = new Paragraph("It is not kept where it could be read again.");
        text.addClassName("quiet");
        var dialog = new Dialog();
        dialog.setHeaderTitle("Keep this key now");
        dialog.setCloseOnOutsideClick(false);
        dialog.setCloseOnEsc(false);
        var content = new Div(text, secret);
        content.addClassName("change-content");
        dialog.add(content);
        var close = new Button("I have kept it", click -> {
            dialog.close();
            load();
        });
        close.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        close.setId("secret-kept");
        dialog.getFooter().add(close);
        dialog.open();
    }
}
