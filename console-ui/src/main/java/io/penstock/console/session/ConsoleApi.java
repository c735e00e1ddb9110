// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.session;

import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.Kind;
import io.penstock.console.gateway.PenstockGateway;
import io.penstock.console.gateway.PenstockGateway.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The public API with the key of this session. Every call blocks until there is an answer.
@SpringComponent
@VaadinSessionScope
public final class ConsoleApi {
    // A list that is longer than this is no list for a person any more.
    private static final int MAX_PAGES = 20;

    private final PenstockGateway gateway;
    private final ConsoleSession session;

    ConsoleApi(PenstockGateway gateway, ConsoleSession session) {
        this.gateway = gateway;
        this.session = session;
    }

    public <R> Answer<R> read(Kind<R> kind, String path) {
        return withKey(key -> gateway.read(key, kind, path));
    }

    public <R> Answer<Page<R>> page(Kind<R> kind, String path, Map<String, String> query, String pageToken) {
        return withKey(key -> gateway.page(key, kind, path, query, pageToken));
    }

    /// All pages, or the first ten thousand items of a longer list.
    public <R> Answer<List<R>> all(Kind<R> kind, String path, Map<String, String> query) {
        List<R> found = new ArrayList<>();
        String token = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            var answer = page(kind, path, query, token);
            if (!(answer instanceof Answer.Received<Page<R>>(var received))) {
                return answer.map(ignored -> List.of());
            }
            found.addAll(received.items());
            token = received.nextToken();
            if (token.isEmpty()) {
                break;
            }
        }
        return new Answer.Received<>(List.copyOf(found));
    }

    public <R> Answer<R> send(Kind<R> kind, ApiCall call) {
        return withKey(key -> gateway.send(key, kind, call));
    }

    private <R> Answer<R> withKey(Function<ApiKey, Answer<R>> question) {
        return session.key().map(question).orElseGet(Answer.KeyRefused::new);
    }
}
