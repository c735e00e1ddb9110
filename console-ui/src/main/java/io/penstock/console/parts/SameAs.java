// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import java.util.List;

/// What a dialog is about to do, in the words of other tools: to be copied instead of clicked.
public final class SameAs extends Details {
    private static final long serialVersionUID = 1L;

    private final Tabs tools = new Tabs();
    private final CodeBlock code = new CodeBlock("the command");
    private transient List<Script> scripts = List.of();

    public SameAs() {
        addClassName("same-as");
        setSummaryText("Do this with curl, Terraform or Kafka's tools instead");
        tools.addSelectedChangeListener(selected -> showSelected());
        var content = new Div(tools, code);
        content.addClassName("same-as-content");
        add(content);
    }

    public void show(List<Script> wanted) {
        if (wanted.equals(scripts)) {
            return;
        }
        var names = wanted.stream().map(Script::tool).toList();
        boolean sameTools = names.equals(scripts.stream().map(Script::tool).toList());
        scripts = List.copyOf(wanted);
        if (!sameTools) {
            tools.removeAll();
            names.forEach(name -> tools.add(new Tab(name)));
        }
        showSelected();
    }

    private void showSelected() {
        int index = tools.getSelectedIndex();
        code.show(index < 0 || index >= scripts.size() ? "" : scripts.get(index).text());
    }
}
