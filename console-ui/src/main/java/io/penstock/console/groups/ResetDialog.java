// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.groups;

import com.vaadin.flow.component.HasValue;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.datetimepicker.DateTimePicker;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.penstock.api.OffsetReset;
import io.penstock.console.ask.Desk;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.CurlText;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.Notice;
import io.penstock.console.parts.SameAs;
import io.penstock.console.parts.Script;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Moves a group, and shows first where each partition would go on: nothing is moved before it was previewed.
final class ResetDialog extends Dialog {
    private static final long serialVersionUID = 1L;

    /// Where to, as the API and Kafka's tool call it.
    private enum Target {
        EARLIEST("the earliest record", "--to-earliest"),
        LATEST("the end", "--to-latest"),
        TIMESTAMP("a time", "--to-datetime"),
        OFFSET("an offset", "--to-offset"),
        SHIFT("so many records on, or back", "--shift-by");

        private final String text;
        private final String option;

        Target(String text, String option) {
            this.text = text;
            this.option = option;
        }
    }

    private final transient Desk desk;
    private final String path;
    private final String group;
    private final Notice notice = new Notice();
    private final Select<Target> target = new Select<>();
    private final DateTimePicker time = new DateTimePicker("Time (UTC)");
    private final TextField number = new TextField("Records");
    private final TextField topic = new TextField("Only this topic");
    private final Grid<OffsetReset.Moved> preview = new Grid<>();
    private final SameAs sameAs = new SameAs();
    private final Button look = new Button("Preview", click -> preview());
    private final Button move = new Button("Move", click -> move());

    ResetDialog(Desk desk, String cluster, String group) {
        this.desk = desk;
        this.group = group;
        this.path = GroupPaths.one(cluster, group) + "/offset-resets";
        addClassName("change-dialog");
        setHeaderTitle("Move " + group);
        target.setLabel("Go on at");
        target.setItems(Target.values());
        target.setItemLabelGenerator(one -> one.text);
        target.setValue(Target.EARLIEST);
        number.setAllowedCharPattern("[0-9-]");
        number.setValueChangeMode(ValueChangeMode.EAGER);
        topic.setHelperText("Empty: every topic that it has offsets for.");
        topic.setValueChangeMode(ValueChangeMode.EAGER);
        List.<HasValue<?, ?>>of(target, time, number, topic)
                .forEach(field -> field.addValueChangeListener(changed -> changed()));
        preview.addColumn(one -> one.topic() + "-" + one.partition())
                .setHeader("Partition")
                .setFlexGrow(2);
        preview.addColumn(one ->
                        Optional.ofNullable(one.from()).map(Object::toString).orElse("none"))
                .setHeader("From");
        preview.addColumn(OffsetReset.Moved::to).setHeader("To");
        preview.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT);
        preview.addClassName("table-frame");
        preview.setMaxHeight("14rem");
        preview.setVisible(false);
        var form = new Div(target, time, number, topic);
        form.addClassName("form");
        var content = new Div(notice, form, preview, sameAs);
        content.addClassName("change-content");
        add(content);
        look.setId("preview-reset");
        move.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
        move.addClassName("confirm");
        var cancel = new Button("Cancel", click -> close());
        cancel.addThemeVariants(ButtonVariant.LUMO_TERTIARY);
        getFooter().add(cancel, look, move);
        changed();
    }

    private void changed() {
        time.setVisible(target.getValue() == Target.TIMESTAMP);
        number.setVisible(target.getValue() == Target.OFFSET || target.getValue() == Target.SHIFT);
        preview.setVisible(false);
        move.setEnabled(false);
        sameAs.show(List.of(new Script("curl", CurlText.of(call(false))), new Script("kafka-consumer-groups", tool())));
    }

    private ApiCall call(boolean dryRun) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("to", target.getValue().name());
        switch (target.getValue()) {
            case TIMESTAMP ->
                time.getOptionalValue()
                        .ifPresent(value -> body.put(
                                "timestamp", value.toInstant(ZoneOffset.UTC).toString()));
            case OFFSET -> body.put("offset", count());
            case SHIFT -> body.put("shift", count());
            case EARLIEST, LATEST -> {}
        }
        if (!topic.isEmpty()) {
            body.put("topics", List.of(Map.of("topic", topic.getValue().strip())));
        }
        return ApiCall.post(path + (dryRun ? "?dry_run=true" : ""), body);
    }

    private String tool() {
        var argument = switch (target.getValue()) {
            case TIMESTAMP ->
                " "
                        + time.getOptionalValue()
                                .map(value -> value.toInstant(ZoneOffset.UTC).toString())
                                .orElse("");
            case OFFSET, SHIFT -> " " + number.getValue();
            case EARLIEST, LATEST -> "";
        };
        var which =
                topic.isEmpty() ? "--all-topics" : "--topic " + topic.getValue().strip();
        return "kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --group " + group + " " + which
                + " --reset-offsets " + target.getValue().option + argument + " --execute";
    }

    private long count() {
        try {
            return Long.parseLong(number.getValue().strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void preview() {
        notice.clear();
        var answer = desk.api().send(Kind.OFFSET_RESET, call(true));
        if (answer instanceof Answer.Received<OffsetReset.Outcome>(var outcome)) {
            preview.setItems(outcome.offsets());
            preview.setVisible(true);
            move.setEnabled(!outcome.offsets().isEmpty());
        } else {
            notice.warn(desk.trouble(answer));
        }
    }

    private void move() {
        notice.clear();
        var answer = desk.api().send(Kind.OFFSET_RESET, call(false));
        if (answer instanceof Answer.Received<OffsetReset.Outcome>(var outcome)) {
            close();
            desk.done(outcome.offsets().size() + " partitions go on elsewhere.");
        } else {
            notice.warn(desk.trouble(answer));
        }
    }
}
