// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.gateway.ApiCall;

/// Where topics are: in the API, and in the console.
public final class TopicPaths {
    private TopicPaths() {}

    public static String all(String cluster) {
        return ClusterNavigation.path(cluster) + "/topics";
    }

    public static String one(String cluster, String topic) {
        return all(cluster) + "/" + ApiCall.encoded(topic);
    }

    public static String address(String cluster, String topic) {
        return ClusterNavigation.address(cluster, "topics") + "/" + ApiCall.encoded(topic);
    }
}
