// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.PenstockGateway.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicPagesTest {
    private static final int PAGE = 500;
    private static final int ALL = 10_000;

    private final List<String> asked = new ArrayList<>();

    @Test
    void onlyWhatIsLookedAtIsReadAndNothingTwice() {
        var pages = new TopicPages(this::page);

        assertThat(names(pages.from(0, 50))).hasSize(50).startsWith("t0").endsWith("t49");
        assertThat(names(pages.from(20, 50))).startsWith("t20").endsWith("t69");
        assertThat(asked).containsExactly("");

        assertThat(names(pages.from(600, 10))).startsWith("t600");
        assertThat(asked).containsExactly("", "500");
    }

    @Test
    void theEndOfTenThousandIsFound() {
        var pages = new TopicPages(this::page);

        assertThat(pages.from(ALL - 5, 50)).hasSize(5);
        assertThat(pages.from(ALL + 5, 50)).isEmpty();
        assertThat(asked).hasSize(ALL / PAGE);
    }

    @Test
    void whatCannotBeReadEndsTheListAndDoesNotLoop() {
        var pages = new TopicPages(token -> token.isEmpty() ? page(token) : new Answer.Unavailable<>("away"));

        assertThat(pages.from(0, 1_000)).hasSize(PAGE);
        assertThat(pages.from(PAGE, 50)).isEmpty();
    }

    private Answer<Page<Resource<TopicSpec, TopicStatus>>> page(String token) {
        asked.add(token);
        int from = token.isEmpty() ? 0 : Integer.parseInt(token);
        var items = IntStream.range(from, from + PAGE)
                .mapToObj(number -> topic("t" + number))
                .toList();
        return new Answer.Received<>(new Page<>(items, from + PAGE < ALL ? Integer.toString(from + PAGE) : ""));
    }

    private static Resource<TopicSpec, TopicStatus> topic(String name) {
        return Resource.of(
                "Topic",
                name,
                new Metadata(name, null, Map.of(), Instant.EPOCH, Instant.EPOCH, "", "1", "", false),
                new TopicSpec(1, 3, Map.of()),
                new TopicStatus(Phase.READY, false, 1, null, null));
    }

    private static List<String> names(List<Resource<TopicSpec, TopicStatus>> topics) {
        return topics.stream().map(topic -> topic.metadata().name()).toList();
    }
}
