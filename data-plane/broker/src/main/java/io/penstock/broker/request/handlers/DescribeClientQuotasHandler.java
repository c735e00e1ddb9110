// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;

/// DescribeClientQuotas, all versions (KIP-546): from the image at hand.
public final class DescribeClientQuotasHandler implements RequestHandler {
    private final ClusterContext cluster;

    public DescribeClientQuotasHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLIENT_QUOTAS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        return CompletableFuture.completedFuture(Reply.of(new DescribeClientQuotasResponse(cluster.image()
                .kafka()
                .clientQuotas()
                .describe(exchange.body(DescribeClientQuotasRequest.class).data()))));
    }
}
