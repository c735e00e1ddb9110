// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;
import org.apache.kafka.common.requests.PushTelemetryRequest;

/// GetTelemetrySubscriptions and PushTelemetry, all versions (KIP-714): what subscriptions ask clients to
/// measure, taken and shown beside the broker's own metrics.
public final class TelemetryHandlers {
    private TelemetryHandlers() {}

    public static List<RequestHandler> of(ClusterContext cluster) {
        return List.of(new Subscriptions(cluster), new Push(cluster));
    }

    private record Subscriptions(ClusterContext cluster) implements RequestHandler {
        @Override
        public ApiKeys api() {
            return ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            return CompletableFuture.completedFuture(Reply.of(cluster.telemetry()
                    .subscriptions(exchange.body(GetTelemetrySubscriptionsRequest.class), exchange.context())));
        }
    }

    private record Push(ClusterContext cluster) implements RequestHandler {
        @Override
        public ApiKeys api() {
            return ApiKeys.PUSH_TELEMETRY;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            return CompletableFuture.completedFuture(Reply.of(
                    cluster.telemetry().pushed(exchange.body(PushTelemetryRequest.class), exchange.context())));
        }
    }
}
