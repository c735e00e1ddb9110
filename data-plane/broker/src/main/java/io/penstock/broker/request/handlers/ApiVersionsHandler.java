// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.Features;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// ApiVersions, all versions. A request of a version from the future is answered in version 0 with
/// UNSUPPORTED_VERSION and the range spoken here (KIP-511). Only what has a handler is announced; finalized
/// features come from the image (KIP-584), so that clients know which group and transaction protocols are on.
public final class ApiVersionsHandler implements RequestHandler {
    private final ClusterContext cluster;
    private final Set<ApiKeys> served;

    public ApiVersionsHandler(ClusterContext cluster, Set<ApiKeys> served) {
        this.cluster = cluster;
        this.served = served;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ApiVersionsRequest request = exchange.body(ApiVersionsRequest.class);
        if (request.hasUnsupportedRequestVersion()) {
            ApiVersionsResponseData data =
                    new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
            ApiVersion own = ApiVersionsResponse.toApiVersion(ApiKeys.API_VERSIONS);
            data.apiKeys().add(own);
            return answer(data);
        }
        if (!request.isValid()) {
            return answer(new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        ApiVersionsResponseData data = new ApiVersionsResponseData()
                .setApiKeys(ApiVersionsResponse.collectApis(ListenerType.BROKER, served, false));
        cluster.image().kafka().features().finalizedVersions().forEach((feature, level) -> {
            data.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(feature)
                            .setMinVersionLevel(level)
                            .setMaxVersionLevel(level));
        });
        Features.served().forEach((feature, highest) -> {
            short lowest = Features.lowest(feature);
            // Before version 4 a range could not begin at 0: such features are left out (KAFKA-17011).
            if (lowest > 0 || exchange.version() >= 4) {
                data.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(feature)
                                .setMinVersion(lowest)
                                .setMaxVersion(highest));
            }
        });
        data.setFinalizedFeaturesEpoch(cluster.image().number());
        return answer(data);
    }

    private static CompletableFuture<Reply> answer(ApiVersionsResponseData data) {
        return CompletableFuture.completedFuture(Reply.of(new ApiVersionsResponse(data)));
    }
}
