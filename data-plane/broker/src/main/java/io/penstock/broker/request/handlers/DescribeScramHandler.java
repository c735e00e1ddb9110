// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;

/// DescribeUserScramCredentials, version 0 (KIP-554): who has which, never salt or keys; from the image at hand.
public final class DescribeScramHandler implements RequestHandler {
    private final ClusterContext cluster;

    public DescribeScramHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        return CompletableFuture.completedFuture(Reply.of(new DescribeUserScramCredentialsResponse(cluster.image()
                .kafka()
                .scram()
                .describe(
                        exchange.body(DescribeUserScramCredentialsRequest.class).data()))));
    }
}
