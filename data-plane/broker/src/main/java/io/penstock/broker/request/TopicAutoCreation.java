// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.NewTopic;
import java.util.Map;
import java.util.Optional;
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

    /// Beyond this, refusals are forgotten: nobody can fill the memory with names.
    private static final int MAX_REFUSALS = 1_000;

    private final ClusterContext cluster;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();

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
            refusals.remove(name);
            if (failure != null) {
                tell(name, failure.toString());
            } else {
                tellRefusals(reply);
            }
        });
    }

    /// Why the topic could not be created when that was last tried; empty if it was, or is not known to have been
    /// tried.
    public Optional<String> refusal(String topic) {
        return Optional.ofNullable(refusals.get(topic));
    }

    private void tellRefusals(AdminReply reply) {
        for (AdminResult result : reply.getResultsList()) {
            if (!result.getError().equals(Errors.NONE.name())
                    && !result.getError().equals(Errors.TOPIC_ALREADY_EXISTS.name())) {
                tell(result.getName(), result.getError() + " " + result.getMessage());
            }
        }
    }

    private void tell(String topic, String reason) {
        if (refusals.size() >= MAX_REFUSALS) {
            refusals.clear();
        }
        refusals.put(topic, reason);
        log.atWarn()
                .addKeyValue("cluster", cluster.clusterId())
                .addKeyValue("topic", topic)
                .addKeyValue("reason", reason)
                .log("a topic could not be created on first use");
    }
}
