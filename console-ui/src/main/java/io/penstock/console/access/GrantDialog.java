// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.access;

import com.vaadin.flow.component.HasValue;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import io.penstock.api.AclSpec;
import io.penstock.api.Resource;
import io.penstock.api.ServiceAccountSpec;
import io.penstock.api.ServiceAccountStatus;
import io.penstock.console.ask.Desk;
import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.CurlText;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.Hcl;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.SameAs;
import io.penstock.console.parts.Script;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Lets a service account do what its role needs: several ACLs at once, each shown before it is made. Making one
/// that is there already changes nothing, so what failed half-way is simply done again.
final class GrantDialog extends Dialog {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final String path;
    private final String principal;
    private final String account;
    private final Select<Grant.Role> role;
    private final TextField topic;
    private final Checkbox prefixed;
    private final TextField group;
    private final Notice notice = new Notice();
    private final UnorderedList meaning = new UnorderedList();
    private final SameAs sameAs = new SameAs();
    private final Button give = new Button("Give access", click -> give());
    private final transient Runnable done;

    GrantDialog(
            Desk desk,
            String cluster,
            Resource<ServiceAccountSpec, ServiceAccountStatus> account,
            Select<Grant.Role> role,
            TextField topic,
            Checkbox prefixed,
            TextField group,
            Runnable done) {
        this.desk = desk;
        this.path = ClusterNavigation.path(cluster) + "/acls";
        this.principal = account.status().principal();
        this.account = account.metadata().name();
        this.role = role;
        this.topic = topic;
        this.prefixed = prefixed;
        this.group = group;
        this.done = done;
        addClassName("change-dialog");
        setHeaderTitle("Give access to " + this.account);
        meaning.addClassName("happenings");
        var form = new Div(role, topic, prefixed, group, meaning);
        form.addClassName("form");
        var content = new Div(notice, form, sameAs);
        content.addClassName("change-content");
        add(content);
        List.<HasValue<?, ?>>of(role, topic, prefixed, group)
                .forEach(field -> field.addValueChangeListener(changed -> show()));
        give.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        give.addClassName("confirm");
        give.setDisableOnClick(true);
        var cancel = new Button("Cancel", click -> close());
        cancel.addThemeVariants(ButtonVariant.LUMO_TERTIARY);
        getFooter().add(cancel, give);
        show();
    }

    private List<Map<String, Object>> acls() {
        return new Grant(
                        principal,
                        role.getValue(),
                        topic.getValue().strip(),
                        prefixed.getValue(),
                        group.getValue().strip())
                .acls();
    }

    private void show() {
        boolean reads = role.getValue() != Grant.Role.PRODUCER;
        group.setVisible(reads);
        give.setEnabled(!topic.getValue().isBlank());
        meaning.removeAll();
        if (!topic.getValue().isBlank()) {
            acls().forEach(acl -> meaning.add(new ListItem(AccessPanel.sentence(spec(acl)))));
        }
        sameAs.show(List.of(
                new Script("curl", calls().stream().map(CurlText::of).collect(Collectors.joining("\n\n"))),
                new Script("Terraform", terraform())));
    }

    private static AclSpec spec(Map<String, Object> acl) {
        return new AclSpec(
                (String) acl.get("principal"),
                "*",
                (String) acl.get("resource_type"),
                (String) acl.get("resource_name"),
                (String) acl.get("pattern_type"),
                (String) acl.get("operation"),
                (String) acl.get("permission"));
    }

    private List<ApiCall> calls() {
        return acls().stream()
                .map(acl -> ApiCall.post(path, Map.of("spec", acl)))
                .toList();
    }

    private String terraform() {
        var text = new StringBuilder();
        for (var acl : acls()) {
            Map<String, Object> attributes = new LinkedHashMap<>(acl);
            var name = account + "_" + acl.get("resource_type") + "_" + acl.get("operation");
            text.append(text.isEmpty() ? "" : "\n\n").append(Hcl.resource("penstock_acl", name, attributes));
        }
        return text.toString();
    }

    private void give() {
        notice.clear();
        for (var call : calls()) {
            var answer = desk.api().send(Kind.ACL, call);
            if (!(answer instanceof Answer.Received)) {
                notice.warn(desk.trouble(answer));
                give.setEnabled(true);
                return;
            }
        }
        close();
        done.run();
    }
}
