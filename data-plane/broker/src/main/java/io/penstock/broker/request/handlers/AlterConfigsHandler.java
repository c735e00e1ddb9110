// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;

/// AlterConfigs, all versions, for clients that do not know IncrementalAlterConfigs: what is not said again
/// goes back to its default. Carried out as the other one is.
public final class AlterConfigsHandler implements RequestHandler {
    private final ClusterContext cluster;
    private final IncrementalAlterConfigsHandler incremental;

    public AlterConfigsHandler(ClusterContext cluster, IncrementalAlterConfigsHandler incremental) {
        this.cluster = cluster;
        this.incremental = incremental;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        AlterConfigsRequestData request =
                exchange.body(AlterConfigsRequest.class).data();
        IncrementalAlterConfigsRequestData changes =
                new IncrementalAlterConfigsRequestData().setValidateOnly(request.validateOnly());
        request.resources().forEach(resource -> changes.resources().add(changes(resource)));
        return incremental.alter(changes, exchange.principal()).thenApply(results -> {
            AlterConfigsResponseData data = new AlterConfigsResponseData();
            results.responses()
                    .forEach(result -> data.responses()
                            .add(new AlterConfigsResourceResponse()
                                    .setResourceType(result.resourceType())
                                    .setResourceName(result.resourceName())
                                    .setErrorCode(result.errorCode())
                                    .setErrorMessage(result.errorMessage())));
            return Reply.of(new AlterConfigsResponse(data));
        });
    }

    private AlterConfigsResource changes(AlterConfigsRequestData.AlterConfigsResource resource) {
        AlterConfigsResource changes = new AlterConfigsResource()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        Set<String> said = new HashSet<>();
        resource.configs().forEach(config -> {
            said.add(config.name());
            changes.configs()
                    .add(new AlterableConfig()
                            .setName(config.name())
                            .setValue(config.value())
                            .setConfigOperation(OpType.SET.id()));
        });
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        new TreeSet<>(cluster.image()
                        .configs(new ConfigResource(type, resource.resourceName()))
                        .keySet())
                .stream()
                        .filter(name -> !said.contains(name))
                        .forEach(name -> changes.configs()
                                .add(new AlterableConfig().setName(name).setConfigOperation(OpType.DELETE.id())));
        return changes;
    }
}
