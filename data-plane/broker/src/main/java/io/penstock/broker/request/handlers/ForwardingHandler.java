// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import com.google.protobuf.ByteString;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.ControlPlaneAway;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.brokerapi.v1.ForwardCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;

/// CreateAcls, DeleteAcls, AlterUserScramCredentials, AlterClientQuotas and UpdateFeatures, all versions:
/// carried out by the control plane, which answers when what changed is in the metalog.
public final class ForwardingHandler implements RequestHandler {
    private final ClusterContext cluster;
    private final ApiKeys api;

    private ForwardingHandler(ClusterContext cluster, ApiKeys api) {
        this.cluster = cluster;
        this.api = api;
    }

    public static List<RequestHandler> all(ClusterContext cluster) {
        return List.of(
                new ForwardingHandler(cluster, ApiKeys.CREATE_ACLS),
                new ForwardingHandler(cluster, ApiKeys.DELETE_ACLS),
                new ForwardingHandler(cluster, ApiKeys.ALTER_USER_SCRAM_CREDENTIALS),
                new ForwardingHandler(cluster, ApiKeys.ALTER_CLIENT_QUOTAS),
                new ForwardingHandler(cluster, ApiKeys.UPDATE_FEATURES));
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        short version = exchange.version();
        ForwardCall call = ForwardCall.newBuilder()
                .setClusterId(cluster.clusterId())
                .setPrincipal(exchange.principal().toString())
                .setApiKey(api.id)
                .setApiVersion(version)
                .setRequest(ByteString.copyFrom(
                        MessageUtil.toByteBufferAccessor(exchange.body().data(), version)
                                .buffer()))
                .build();
        return cluster.controlPlane().forward(call).handle((answered, failure) -> {
            if (failure == null) {
                return Reply.of(AbstractResponse.parseResponse(
                        api, new ByteBufferAccessor(answered.getResponse().asReadOnlyByteBuffer()), version));
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof ControlPlaneAway) {
                return Reply.of(exchange.body()
                        .getErrorResponse(
                                0,
                                Errors.REQUEST_TIMED_OUT.exception(
                                        "The control plane does not answer; nothing is lost, try again.")));
            }
            throw new CompletionException(cause);
        });
    }
}
