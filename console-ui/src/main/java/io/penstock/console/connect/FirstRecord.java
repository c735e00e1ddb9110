// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.connect;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Paragraph;
import io.penstock.api.Resource;
import io.penstock.api.TopicRecord;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.console.ask.Desk;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Kind;
import io.penstock.console.live.LiveFeeds;
import io.penstock.console.live.LiveState;
import io.penstock.console.parts.CodeBlock;
import io.penstock.console.parts.Live;
import io.penstock.console.topics.TopicPaths;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Waits for the first record that a client writes, and shows it. Once one is there, it asks no more.
final class FirstRecord extends Live {
    private static final long serialVersionUID = 1L;
    private static final int TOPICS_LOOKED_AT = 20;

    private final transient Desk desk;
    private final String cluster;

    /// @param topic where it was found
    record Found(String topic, TopicRecord record) {}

    FirstRecord(Desk desk, LiveFeeds feeds, String cluster) {
        this.desk = desk;
        this.cluster = cluster;
        addClassName("first-record");
        getElement().setAttribute("role", "status");
        waiting();
        var feed = feeds.<Optional<Found>>feed(this::read);
        listens(ui -> feed.subscribe(state -> ui.access(() -> show(state))));
    }

    private Answer<Optional<Found>> read(Optional<Optional<Found>> before, Instant now) {
        if (before.isPresent() && before.get().isPresent()) {
            return new Answer.Received<>(before.get());
        }
        return desk.api()
                .page(Kind.TOPIC, TopicPaths.all(cluster), Map.of(), "")
                .map(page -> first(page.items()));
    }

    private Optional<Found> first(List<Resource<TopicSpec, TopicStatus>> topics) {
        return topics.stream()
                .limit(TOPICS_LOOKED_AT)
                .map(topic -> topic.metadata().name())
                .flatMap(name -> record(name).stream())
                .findFirst();
    }

    private Optional<Found> record(String topic) {
        var path = TopicPaths.one(cluster, topic) + "/records?limit=1&from=earliest";
        return desk.api().read(Kind.RECORD_PAGE, path) instanceof Answer.Received<io.penstock.api.RecordPage>(var page)
                ? page.data().stream().findFirst().map(record -> new Found(topic, record))
                : Optional.empty();
    }

    private void show(LiveState<Optional<Found>> state) {
        state.shown().flatMap(found -> found).ifPresent(this::show);
    }

    private void waiting() {
        removeAll();
        var text = new Paragraph("Run the lines above; the first record that arrives is shown here.");
        text.addClassName("quiet");
        var title = new H3("Waiting for your first record…");
        add(new Div(title, text));
    }

    private void show(Found found) {
        if (getClassNames().contains("first-record-found")) {
            return;
        }
        addClassName("first-record-found");
        removeAll();
        var record = found.record();
        var link = new Anchor(TopicPaths.address(cluster, found.topic()), found.topic());
        var text = new Paragraph();
        text.add("It is in ");
        text.add(link);
        text.add(", partition " + record.partition() + ", offset " + record.offset()
                + ", and durable in the object store.");
        var value = record.value();
        add(
                new H3("Your first record is here"),
                text,
                new CodeBlock("the record's value", value == null ? "(no value)" : value.data()));
    }
}
