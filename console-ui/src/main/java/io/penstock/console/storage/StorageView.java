// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.storage;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.penstock.api.BucketSpec;
import io.penstock.api.BucketStatus;
import io.penstock.api.BucketVerification;
import io.penstock.api.Resource;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.CopyText;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.Facts;
import io.penstock.console.parts.PageHeader;
import io.penstock.console.parts.PhaseBadge;
import java.util.LinkedHashMap;
import java.util.Map;

/// Buckets with what was proved of them.
@Route(value = "storage", layout = ConsoleLayout.class)
@PageTitle("Storage · Penstock")
class StorageView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final Div content = new Div();

    StorageView(Desk desk) {
        this.desk = desk;
        addClassNames("page", "storage");
        content.addClassName("content");
        var create = new Button("Add bucket", VaadinIcon.PLUS.create(), click -> openCreation());
        create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        create.setId("create-bucket");
        add(new PageHeader("Storage").action(create), content);
        load();
    }

    private void load() {
        content.removeAll();
        desk.into(content, desk.api().all(Kind.BUCKET, "/v1/buckets", Map.of()), buckets -> {
            if (buckets.isEmpty()) {
                content.add(new EmptyState(
                        "No buckets yet", "Everything that is acknowledged lives in a bucket. Add the first one."));
            }
            buckets.forEach(bucket -> content.add(createBucket(bucket)));
        });
    }

    private Section createBucket(Resource<BucketSpec, BucketStatus> bucket) {
        var verify = new Button(
                "Verify now",
                click -> desk.orTell(
                        desk.api()
                                .send(
                                        Kind.NOTHING,
                                        ApiCall.post(
                                                "/v1/buckets/" + ApiCall.encoded(bucket.id()) + "/verifications",
                                                Map.of())),
                        done -> load()));
        verify.addThemeVariants(ButtonVariant.LUMO_SMALL);
        verify.addClassName("verify");
        var header = new Header(
                new H2(bucket.metadata().name()),
                new PhaseBadge(String.valueOf(bucket.status().phase())),
                verify);
        header.addClassName("section-header");
        var uri = new CopyText("address");
        uri.show(String.valueOf(bucket.spec().uri()));
        var section = new Section(
                header,
                new Facts()
                        .fact("Address", uri)
                        .fact(
                                "Keys",
                                "GIVEN".equals(String.valueOf(bucket.status().credentials()))
                                        ? "given, kept encrypted"
                                        : "of the environment"));
        section.addClassName("card");
        var verification = bucket.status().verification();
        section.add(
                verification == null
                        ? quiet("Nobody has tried yet whether it keeps a store's promises.")
                        : createVerification(verification));
        return section;
    }

    private static Div createVerification(BucketVerification verification) {
        var checks = new UnorderedList();
        checks.addClassName("checks");
        for (var check : verification.checks()) {
            var name = new Span(check.name().replace('_', ' ').toLowerCase(java.util.Locale.ROOT));
            var detail = new Span(check.detail());
            detail.addClassName("quiet");
            var item = new ListItem(name, detail);
            item.addClassName(check.passed() ? "check-passed" : "check-failed");
            checks.add(item);
        }
        var verdict =
                quiet((verification.passed() ? "It keeps every promise that the log needs" : "It must not be used")
                        + ": tried " + verification.verifiedAt() + ", in " + verification.durationMillis() + " ms.");
        return new Div(verdict, checks);
    }

    private static Paragraph quiet(String text) {
        var paragraph = new Paragraph(text);
        paragraph.addClassName("quiet");
        return paragraph;
    }

    private void openCreation() {
        var name = new TextField("Name");
        name.setWidthFull();
        name.setAutofocus(true);
        name.setValueChangeMode(ValueChangeMode.EAGER);
        name.setId("bucket-name");
        var uri = new TextField("Address");
        uri.setWidthFull();
        uri.setPlaceholder("s3://bucket/prefix?region=eu-central-1");
        uri.setHelperText("For other stores than AWS add endpoint=https://… and path_style=true.");
        uri.setValueChangeMode(ValueChangeMode.EAGER);
        uri.setId("bucket-uri");
        var key = new TextField("Access key id");
        key.setWidthFull();
        key.setHelperText("Empty: the keys of the machines are used.");
        var secret = new PasswordField("Secret access key");
        secret.setWidthFull();
        secret.setHelperText("Kept encrypted, never shown again.");
        new ChangeDialog<>(
                        desk,
                        "Add bucket",
                        "Verify and add",
                        Kind.BUCKET,
                        () -> {
                            Map<String, Object> spec = new LinkedHashMap<>();
                            spec.put("uri", uri.getValue().strip());
                            if (!key.isEmpty()) {
                                spec.put(
                                        "credentials",
                                        Map.of(
                                                "access_key_id",
                                                key.getValue(),
                                                "secret_access_key",
                                                secret.getValue()));
                            }
                            return ApiCall.post(
                                    "/v1/buckets",
                                    Map.of(
                                            "metadata",
                                            Map.of("name", name.getValue().strip()),
                                            "spec",
                                            spec));
                        },
                        made -> load())
                .field("/metadata/name", name)
                .field("/spec/uri", uri)
                .field("/spec/credentials/access_key_id", key)
                .field("/spec/credentials/secret_access_key", secret)
                .open();
    }
}
