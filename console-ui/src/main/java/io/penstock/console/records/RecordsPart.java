// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.records;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.ask.Desk;
import io.penstock.console.topics.TopicPart;
import org.springframework.core.annotation.Order;

/// Records on a topic's page.
@SpringComponent
@VaadinSessionScope
@Order(10)
class RecordsPart implements TopicPart {
    private final Desk desk;

    RecordsPart(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Component content(String cluster, String topic) {
        return new RecordsPanel(desk, cluster, topic);
    }
}
