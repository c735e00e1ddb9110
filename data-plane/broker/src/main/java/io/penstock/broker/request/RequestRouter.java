// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.broker.authorization.AccessRule;
import io.penstock.broker.authorization.AccessRules;
import io.penstock.broker.request.handlers.ApiVersionsHandler;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives every request of one cluster, as far as its principal may ask it, to the handler of its API. What has no
/// handler is not served, and not
/// announced in ApiVersions, which the router answers by itself.
public final class RequestRouter {
    private static final Logger log = LoggerFactory.getLogger(RequestRouter.class);

    private final ClusterContext cluster;
    private final Map<ApiKeys, RequestHandler> handlers = new EnumMap<>(ApiKeys.class);
    private final Map<ApiKeys, AccessRule> rules = new EnumMap<>(ApiKeys.class);
    private final Set<ApiKeys> served;

    public RequestRouter(ClusterContext cluster, Collection<? extends RequestHandler> handlers) {
        this.cluster = cluster;
        handlers.forEach(this::add);
        Set<ApiKeys> apis = EnumSet.of(ApiKeys.API_VERSIONS);
        apis.addAll(this.handlers.keySet());
        served = Collections.unmodifiableSet(apis);
        add(new ApiVersionsHandler(cluster, served));
    }

    private void add(RequestHandler handler) {
        if (handlers.putIfAbsent(handler.api(), handler) != null) {
            throw new IllegalArgumentException("two handlers for " + handler.api());
        }
        rules.put(
                handler.api(),
                AccessRules.of(handler.api())
                        .orElseThrow(() -> new IllegalArgumentException(
                                "nobody has said what " + handler.api() + " needs: it has no rule in AccessRules")));
    }

    public ClusterContext cluster() {
        return cluster;
    }

    /// The APIs that are answered.
    public Set<ApiKeys> served() {
        return served;
    }

    /// Never fails: what a handler did not foresee becomes the request's error response.
    public CompletableFuture<Reply> route(RequestExchange exchange) {
        ApiKeys api = exchange.header().apiKey();
        RequestHandler handler = handlers.get(api);
        AccessRule rule = rules.get(api);
        if (handler == null || rule == null) {
            throw new IllegalArgumentException("not served: " + api);
        }
        CompletableFuture<Reply> reply;
        try {
            reply = switch (rule.judge(exchange, cluster.access(), cluster.image())) {
                case AccessRule.Verdict.Refused(Reply refusal) -> CompletableFuture.completedFuture(refusal);
                case AccessRule.Verdict.Admitted(UnaryOperator<Reply> complete) ->
                    handler.handle(exchange)
                            .exceptionally(failure -> failed(exchange, failure))
                            .thenApply(complete);
            };
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.exceptionally(failure -> failed(exchange, failure));
    }

    private Reply failed(RequestExchange exchange, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof ApiException)) {
            log.atError()
                    .addKeyValue("cluster", cluster.clusterId())
                    .addKeyValue("api", exchange.header().apiKey())
                    .addKeyValue("version", exchange.version())
                    .addKeyValue("client", exchange.clientId())
                    .setCause(cause)
                    .log("a request could not be answered");
        }
        AbstractResponse response = exchange.body().getErrorResponse(0, cause);
        return response == null ? new Reply.Hangup("no error response for " + cause) : Reply.of(response);
    }
}
