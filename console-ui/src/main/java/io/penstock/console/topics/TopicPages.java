// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import io.penstock.api.Resource;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.PenstockGateway.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A list that the API tells page after page, read as far as somebody has scrolled, and never twice.
final class TopicPages {
    private final Function<String, Answer<Page<Resource<TopicSpec, TopicStatus>>>> source;
    private final List<Resource<TopicSpec, TopicStatus>> read = new ArrayList<>();
    private String next = "";
    private boolean ended;

    /// @param source a page by its token; empty for the first
    TopicPages(Function<String, Answer<Page<Resource<TopicSpec, TopicStatus>>>> source) {
        this.source = source;
    }

    /// @return so many from there on; fewer at the end of the list, or where the API gave no answer
    List<Resource<TopicSpec, TopicStatus>> from(int offset, int limit) {
        while (!ended && read.size() < offset + limit) {
            if (source.apply(next) instanceof Answer.Received<Page<Resource<TopicSpec, TopicStatus>>>(var page)) {
                read.addAll(page.items());
                next = page.nextToken();
                ended = next.isEmpty();
            } else {
                ended = true;
            }
        }
        int end = Math.min(read.size(), offset + limit);
        return List.copyOf(read.subList(Math.min(offset, end), end));
    }
}
