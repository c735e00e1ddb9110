// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// DescribeCluster, all versions (KIP-700, KIP-919: there are no controllers to be described). Fenced brokers
/// (version 2) are not told: a fenced incarnation is never seen by clients.
public final class DescribeClusterHandler implements RequestHandler {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final ClusterContext cluster;

    public DescribeClusterHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeClusterRequest request = exchange.body(DescribeClusterRequest.class);
        DescribeClusterResponseData answer = new DescribeClusterResponseData();
        byte endpointType = request.data().endpointType();
        if (endpointType == CONTROLLERS) {
            answer.setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("This is a broker; ask for endpoint type BROKER.");
        } else if (endpointType != BROKERS) {
            answer.setErrorCode(Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
                    .setErrorMessage("Unknown endpoint type " + endpointType + ".");
        } else {
            describe(answer, exchange, request.data().includeClusterAuthorizedOperations());
        }
        return CompletableFuture.completedFuture(Reply.of(new DescribeClusterResponse(answer)));
    }

    /// Who may not describe the cluster is not told what it may do there.
    private int operations(RequestExchange exchange) {
        AccessControl access = cluster.access();
        return access.allowsOnCluster(exchange.context(), AclOperation.DESCRIBE)
                ? access.operationsOnCluster(exchange.context())
                : 0;
    }

    private void describe(DescribeClusterResponseData answer, RequestExchange exchange, boolean withOperations) {
        ClusterImage image = cluster.image();
        answer.setEndpointType(BROKERS)
                .setClusterId(cluster.clusterId())
                .setControllerId(Brokers.controllerId(image))
                .setClusterAuthorizedOperations(withOperations ? operations(exchange) : AccessControl.NOT_ASKED);
        image.liveBrokers()
                .forEach((node, endpoint) -> answer.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(node)
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(endpoint.zone().orElse(null))));
    }
}
