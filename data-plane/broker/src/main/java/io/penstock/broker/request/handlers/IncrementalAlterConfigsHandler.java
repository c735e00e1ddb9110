// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.AlterConfig;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.AlterConfigsResource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/// IncrementalAlterConfigs, all versions (KIP-339): topics and groups; carried out by the control plane.
/// Settings of brokers are Penstock's own and refused there, with the reason.
public final class IncrementalAlterConfigsHandler implements RequestHandler {
    private static final List<String> OPERATIONS = List.of("SET", "DELETE", "APPEND", "SUBTRACT");

    private final ClusterContext cluster;

    public IncrementalAlterConfigsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    private record Asked(
            IncrementalAlterConfigsRequestData.AlterConfigsResource resource,
            @Nullable String problem) {}

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        return alter(exchange.body(IncrementalAlterConfigsRequest.class).data(), exchange.principal())
                .thenApply(data -> Reply.of(new IncrementalAlterConfigsResponse(data)));
    }

    CompletableFuture<IncrementalAlterConfigsResponseData> alter(
            IncrementalAlterConfigsRequestData request, KafkaPrincipal principal) {
        List<Asked> asked = check(request.resources());
        // One call per type, since results are found again by name.
        Map<Byte, AlterConfigsCall.Builder> calls = new LinkedHashMap<>();
        for (Asked each : asked) {
            if (each.problem() == null) {
                calls.computeIfAbsent(
                                each.resource().resourceType(),
                                type -> AlterConfigsCall.newBuilder()
                                        .setClusterId(cluster.clusterId())
                                        .setPrincipal(principal.toString())
                                        .setValidateOnly(request.validateOnly()))
                        .addResources(resource(each.resource()));
            }
        }
        Map<Byte, CompletableFuture<AdminAnswers>> answers = new LinkedHashMap<>();
        calls.forEach((type, call) -> answers.put(
                type,
                AdminAnswers.of(
                        cluster.controlPlane().alterConfigs(call.build()),
                        Errors.REQUEST_TIMED_OUT,
                        AdminResult::getName)));
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    IncrementalAlterConfigsResponseData data = new IncrementalAlterConfigsResponseData();
                    for (Asked each : asked) {
                        data.responses().add(answer(each, answers));
                    }
                    return data;
                });
    }

    private static List<Asked> check(AlterConfigsResourceCollection resources) {
        List<Asked> asked = new ArrayList<>();
        for (IncrementalAlterConfigsRequestData.AlterConfigsResource resource : resources) {
            boolean alone = resources
                            .findAll(resource.resourceType(), resource.resourceName())
                            .size()
                    == 1;
            asked.add(new Asked(resource, alone ? problem(resource) : "A resource is changed once in a request."));
        }
        return asked;
    }

    private static @Nullable String problem(IncrementalAlterConfigsRequestData.AlterConfigsResource resource) {
        String problem = switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> resource.resourceName().isEmpty() ? "There are no configs of all topics." : null;
            case GROUP, BROKER, CLIENT_METRICS -> null;
            case BROKER_LOGGER -> "Loggers of brokers cannot be changed through Kafka.";
            case UNKNOWN -> "Unknown type of resource " + resource.resourceType() + ".";
        };
        Set<String> names = new HashSet<>();
        for (IncrementalAlterConfigsRequestData.AlterableConfig config : resource.configs()) {
            if (config.configOperation() < 0 || config.configOperation() >= OPERATIONS.size()) {
                problem = "Unknown operation " + config.configOperation() + " on " + config.name() + ".";
            } else if (!names.add(config.name())) {
                problem = "Config " + config.name() + " is changed twice.";
            } else if (config.value() == null && config.configOperation() != 1) {
                problem = "Null value not supported for config " + config.name() + ": DELETE it to reset it.";
            }
        }
        return problem;
    }

    private static AlterConfigsResource resource(IncrementalAlterConfigsRequestData.AlterConfigsResource asked) {
        AlterConfigsResource.Builder resource = AlterConfigsResource.newBuilder()
                .setType(ConfigResource.Type.forId(asked.resourceType()).name())
                .setName(asked.resourceName());
        for (IncrementalAlterConfigsRequestData.AlterableConfig config : asked.configs()) {
            AlterConfig.Builder change = AlterConfig.newBuilder()
                    .setOperation(OPERATIONS.get(config.configOperation()))
                    .setName(config.name());
            if (config.value() != null) {
                change.setValue(config.value());
            }
            resource.addChanges(change);
        }
        return resource.build();
    }

    private static AlterConfigsResourceResponse answer(
            Asked asked, Map<Byte, CompletableFuture<AdminAnswers>> answers) {
        AlterConfigsResourceResponse answer = new AlterConfigsResourceResponse()
                .setResourceType(asked.resource().resourceType())
                .setResourceName(asked.resource().resourceName());
        CompletableFuture<AdminAnswers> found = answers.get(asked.resource().resourceType());
        if (asked.problem() != null || found == null) {
            return answer.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(asked.problem());
        }
        AdminAnswers.Answer said = found.join().of(asked.resource().resourceName());
        return answer.setErrorCode(said.error().code()).setErrorMessage(said.message());
    }
}
