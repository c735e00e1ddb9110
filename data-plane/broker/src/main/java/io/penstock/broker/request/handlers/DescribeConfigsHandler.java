// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.metadata.BrokerConfigs;
import io.penstock.metadata.ClientMetricsSettings;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ConfigValue;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.GroupConfigs;
import io.penstock.metadata.TopicConfigs;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;

/// DescribeConfigs, all versions: every setting of topics, brokers, groups and subscriptions to client
/// metrics with its value, default, synonyms (KIP-226) and documentation (KIP-569). Settings of brokers are
/// read-only; any broker of the cluster answers for any other.
public final class DescribeConfigsHandler implements RequestHandler {
    private final ClusterContext cluster;

    public DescribeConfigsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeConfigsRequestData request =
                exchange.body(DescribeConfigsRequest.class).data();
        DescribeConfigsResponseData data = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.resources()) {
            data.results().add(describe(cluster.image(), request, resource));
        }
        return CompletableFuture.completedFuture(Reply.of(new DescribeConfigsResponse(data)));
    }

    private static DescribeConfigsResult describe(
            ClusterImage image, DescribeConfigsRequestData request, DescribeConfigsResource resource) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        String name = resource.resourceName();
        switch (type) {
            case TOPIC -> {
                Optional<String> badName = TopicNames.problem(name);
                if (badName.isPresent()) {
                    return failed(result, Errors.INVALID_TOPIC_EXCEPTION, badName.get());
                }
                if (image.topicId(name).isEmpty()) {
                    return failed(result, Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + name + "'.");
                }
                tell(
                        result,
                        request,
                        resource,
                        type,
                        TopicConfigs.describe(image.configs(new ConfigResource(type, name))));
            }
            case GROUP -> {
                if (name.isEmpty()) {
                    return failed(result, Errors.INVALID_REQUEST, "The name of a group is not empty.");
                }
                tell(
                        result,
                        request,
                        resource,
                        type,
                        GroupConfigs.describe(image.configs(new ConfigResource(type, name))));
            }
            case BROKER -> {
                // The empty name asks for what is set for all brokers by hand: nothing can be.
                if (!name.isEmpty()) {
                    Optional<Endpoint> broker = broker(image, name);
                    if (broker.isEmpty()) {
                        return failed(
                                result,
                                Errors.INVALID_REQUEST,
                                "There is no broker '" + name + "'; there are "
                                        + image.liveBrokers().keySet() + ".");
                    }
                    image.settings()
                            .ifPresent(settings -> tell(
                                    result,
                                    request,
                                    resource,
                                    type,
                                    BrokerConfigs.describe(settings, broker.get(), "PLAINTEXT")));
                }
            }
            case CLIENT_METRICS -> {
                if (name.isEmpty()) {
                    return failed(result, Errors.INVALID_REQUEST, "Client metrics subscription name must not be empty");
                }
                tell(
                        result,
                        request,
                        resource,
                        type,
                        ClientMetricsSettings.describe(image.configs(new ConfigResource(type, name))));
            }
            case BROKER_LOGGER, UNKNOWN -> {
                return failed(result, Errors.INVALID_REQUEST, "Configs of type " + type + " are not served.");
            }
        }
        return result;
    }

    private static Optional<Endpoint> broker(ClusterImage image, String name) {
        try {
            return Optional.ofNullable(image.liveBrokers().get(Integer.parseInt(name)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static DescribeConfigsResult failed(DescribeConfigsResult result, Errors error, String message) {
        return result.setErrorCode(error.code()).setErrorMessage(message);
    }

    private static void tell(
            DescribeConfigsResult result,
            DescribeConfigsRequestData request,
            DescribeConfigsResource resource,
            ConfigResource.Type type,
            List<ConfigValue> values) {
        List<String> wanted = resource.configurationKeys();
        for (ConfigValue value : values) {
            String name = value.definition().name();
            if (wanted != null && !wanted.isEmpty() && !wanted.contains(name)) {
                continue;
            }
            boolean sensitive = value.definition().type() == ConfigDef.Type.PASSWORD;
            DescribeConfigsResourceResult told = new DescribeConfigsResourceResult()
                    .setName(name)
                    .setValue(sensitive ? null : value.value().orElse(null))
                    .setReadOnly(type == ConfigResource.Type.BROKER)
                    .setIsSensitive(sensitive)
                    .setConfigSource(ConfigAnswers.source(value, type).id())
                    .setConfigType(ConfigAnswers.type(value.definition().type()).id());
            if (request.includeSynonyms()) {
                addSynonyms(told, value, type, sensitive);
            }
            told.setDocumentation(
                    request.includeDocumentation() ? value.definition().documentation() : null);
            result.configs().add(told);
        }
    }

    /// Where the value comes from and what it would be without that, strongest first.
    private static void addSynonyms(
            DescribeConfigsResourceResult told, ConfigValue value, ConfigResource.Type type, boolean sensitive) {
        if (value.source() != ConfigValue.Source.DEFAULT) {
            told.synonyms()
                    .add(new DescribeConfigsSynonym()
                            .setName(told.name())
                            .setValue(told.value())
                            .setSource(ConfigAnswers.source(value, type).id()));
        }
        value.definition()
                .defaultValue()
                .ifPresent(byDefault -> told.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(told.name())
                                .setValue(sensitive ? null : byDefault)
                                .setSource(DescribeConfigsResponse.ConfigSource.DEFAULT_CONFIG.id())));
    }
}
