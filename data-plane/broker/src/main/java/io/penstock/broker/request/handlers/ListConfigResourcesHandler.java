// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;

/// ListConfigResources, all versions (KIP-1142; version 0 is KIP-714's list of client metrics): what has
/// settings that can be asked for. Loggers of brokers have none here.
public final class ListConfigResourcesHandler implements RequestHandler {
    private final ClusterContext cluster;

    public ListConfigResourcesHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ListConfigResourcesRequest request = exchange.body(ListConfigResourcesRequest.class);
        Set<Byte> supported = request.supportedResourceTypes();
        Collection<Byte> asked = request.data().resourceTypes().isEmpty()
                ? new TreeSet<>(supported)
                : request.data().resourceTypes();
        ListConfigResourcesResponseData data = new ListConfigResourcesResponseData();
        if (supported.containsAll(asked)) {
            asked.forEach(type -> names(cluster.image(), ConfigResource.Type.forId(type))
                    .forEach(name -> data.configResources()
                            .add(new ListConfigResourcesResponseData.ConfigResource()
                                    .setResourceType(type)
                                    .setResourceName(name))));
        } else {
            data.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        return CompletableFuture.completedFuture(Reply.of(new ListConfigResourcesResponse(data)));
    }

    private static List<String> names(ClusterImage image, ConfigResource.Type type) {
        Stream<String> names = switch (type) {
            case TOPIC -> image.kafka().topics().topicsByName().keySet().stream();
            case BROKER -> image.liveBrokers().keySet().stream().map(String::valueOf);
            case GROUP, CLIENT_METRICS ->
                image.kafka().configs().resourceData().keySet().stream()
                        .filter(resource -> resource.type() == type)
                        .map(ConfigResource::name);
            case BROKER_LOGGER, UNKNOWN -> Stream.empty();
        };
        return names.sorted().toList();
    }
}
