// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import java.util.Map;

/// A topic that somebody wants to create.
///
/// @param partitions [#CLUSTER_DEFAULT] for the cluster's default
/// @param replicationFactor remembered and echoed; [#CLUSTER_DEFAULT] for the cluster's default
public record TopicWish(String name, int partitions, int replicationFactor, Map<String, String> configs) {
    /// As in Kafka's protocol.
    public static final int CLUSTER_DEFAULT = -1;

    public TopicWish {
        configs = Map.copyOf(configs);
    }
}
