// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.NewTopic;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the control plane for topics that a client's first use creates. One call per topic is under way at a
/// time; the asking client is told to come again, and finds the topic or asks once more.
public final class TopicAutoCreation {
    private static final Logger log = LoggerFactory.getLogger(TopicAutoCreation.class);
    private static final int TIMEOUT_MILLIS = 10_000;

    private final ClusterContext cluster;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    public TopicAutoCreation(ClusterContext cluster) {
        this.cluster = cluster;
    }

    /// Begins the creation unless it is under way. The outcome shows in the image.
    public void begin(NewTopic topic, String principal) {
        String name = topic.getName();
        if (!underWay.add(name)) {
            return;
        }
        CreateTopicsCall call = CreateTopicsCall.newBuilder()
                .setClusterId(cluster.clusterId())
                .setPrincipal(principal)
                .setAutomatic(true)
                .setTimeoutMs(TIMEOUT_MILLIS)
                .addTopics(topic)
                .build();
        cluster.controlPlane().createTopics(call).whenComplete((reply, failure) -> {
            underWay.remove(name);
            if (failure != null) {
                log(name, failure.toString());
            } else {
                tellRefusals(reply);
            }
        });
    }

    private void tellRefusals(AdminReply reply) {
        for (AdminResult result : reply.getResultsList()) {
            if (!result.getError().equals(Errors.NONE.name())
                    && !result.getError().equals(Errors.TOPIC_ALREADY_EXISTS.name())) {
                log(result.getName(), result.getError() + " " + result.getMessage());
            }
        }
    }

    private void log(String topic, String reason) {
        log.atWarn()
                .addKeyValue("cluster", cluster.clusterId())
                .addKeyValue("topic", topic)
                .addKeyValue("reason", reason)
                .log("a topic could not be created on first use");
    }
}
