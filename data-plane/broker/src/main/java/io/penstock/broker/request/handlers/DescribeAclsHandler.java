// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;

/// DescribeAcls, all versions: from the image at hand.
public final class DescribeAclsHandler implements RequestHandler {
    private final ClusterContext cluster;

    public DescribeAclsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_ACLS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        AclBindingFilter filter = exchange.body(DescribeAclsRequest.class).filter();
        return CompletableFuture.completedFuture(Reply.of(new DescribeAclsResponse(
                new DescribeAclsResponseData()
                        .setResources(DescribeAclsResponse.aclsResources(
                                cluster.access().authorizer().acls(filter))),
                exchange.version())));
    }
}
