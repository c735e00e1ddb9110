// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.ask;

import com.vaadin.flow.component.AbstractField;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.HasValue;
import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.shared.HasValidationProperties;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.CurlText;
import io.penstock.console.gateway.Kind;
import io.penstock.console.gateway.Refusal;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.SameAs;
import io.penstock.console.parts.Script;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Asks for what is needed, shows the same request for other tools, sends it, and says at the field what is wrong
/// with it.
///
/// @param <R> what the control plane answers
public final class ChangeDialog<R> extends Dialog {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final transient Kind<R> kind;
    private final transient Supplier<ApiCall> call;
    private final transient Consumer<R> done;
    private final transient Map<String, HasValidationProperties> fields = new LinkedHashMap<>();
    private final transient List<Supplier<List<Script>>> scripts = new ArrayList<>();
    private final Notice notice = new Notice();
    private final Div form = new Div();
    private final SameAs sameAs = new SameAs();
    private final Button confirm;

    /// @param verb what the button says, such as `Create topic`
    /// @param call made anew at each look, from what the fields hold then
    /// @param done with what came of it, when the dialog is closed
    public ChangeDialog(Desk desk, String title, String verb, Kind<R> kind, Supplier<ApiCall> call, Consumer<R> done) {
        this.desk = desk;
        this.kind = kind;
        this.call = call;
        this.done = done;
        addClassName("change-dialog");
        setHeaderTitle(title);
        form.addClassName("form");
        confirm = new Button(verb, click -> send());
        confirm.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        confirm.setDisableOnClick(true);
        confirm.addClassName("confirm");
        confirm.addClickShortcut(Key.ENTER);
        var cancel = new Button("Cancel", click -> close());
        cancel.addThemeVariants(ButtonVariant.LUMO_TERTIARY);
        getFooter().add(cancel, confirm);
        var content = new Div(notice, form, sameAs);
        content.addClassName("change-content");
        add(content);
        addOpenedChangeListener(opened -> showScripts());
    }

    /// Something to read before the fields.
    public ChangeDialog<R> text(String text) {
        var paragraph = new Paragraph(text);
        paragraph.addClassName("quiet");
        form.add(paragraph);
        return this;
    }

    /// @param pointer where its value stands in the request, so that what is wrong with it is said there
    public <V, F extends AbstractField<F, V> & HasValidationProperties> ChangeDialog<R> field(String pointer, F field) {
        fields.put(pointer, field);
        return part(field).watching(field);
    }

    /// A part of the form that looks after itself.
    public ChangeDialog<R> part(Component component) {
        form.add(component);
        return this;
    }

    /// Looks at the request again whenever this changes.
    public ChangeDialog<R> watching(HasValue<?, ?> value) {
        value.addValueChangeListener(changed -> showScripts());
        return this;
    }

    /// The same for another tool, beside curl.
    public ChangeDialog<R> script(String tool, Supplier<String> text) {
        scripts.add(() -> List.of(new Script(tool, text.get())));
        return this;
    }

    /// What cannot be undone looks like it, and waits until this is typed.
    public ChangeDialog<R> danger(String typed) {
        confirm.addThemeVariants(ButtonVariant.LUMO_ERROR);
        confirm.setEnabled(false);
        var name = new com.vaadin.flow.component.textfield.TextField("Type " + typed + " to confirm");
        name.setWidthFull();
        name.addClassName("typed");
        name.setValueChangeMode(com.vaadin.flow.data.value.ValueChangeMode.EAGER);
        name.addValueChangeListener(
                changed -> confirm.setEnabled(changed.getValue().equals(typed)));
        form.add(name);
        return this;
    }

    private void showScripts() {
        if (!isOpened()) {
            return;
        }
        List<Script> all = new ArrayList<>();
        all.add(new Script("curl", CurlText.of(call.get())));
        scripts.forEach(more -> all.addAll(more.get()));
        sameAs.show(all);
    }

    private void send() {
        notice.clear();
        fields.values().forEach(field -> field.setInvalid(false));
        var answer = desk.api().send(kind, call.get());
        if (answer instanceof Answer.Received<R>(var value)) {
            close();
            done.accept(value);
            return;
        }
        if (!(answer instanceof Answer.Refused<R>(var refusal)) || !toldAtFields(refusal)) {
            notice.warn(desk.trouble(answer));
        }
        confirm.setEnabled(true);
    }

    private boolean toldAtFields(Refusal refusal) {
        boolean all = !refusal.fields().isEmpty();
        for (var wrong : refusal.fields()) {
            var field = fields.get(wrong.pointer());
            if (field == null) {
                all = false;
            } else {
                field.setErrorMessage(wrong.detail());
                field.setInvalid(true);
            }
        }
        return all;
    }
}
