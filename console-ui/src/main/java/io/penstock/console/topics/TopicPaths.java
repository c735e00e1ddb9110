// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.topics;

import io.penstock.console.cluster.ClusterNavigation;
import io.penstock.console.gateway.ApiCall;

/// Where topics are: in the API, and in the console.
final class TopicPaths {
    private TopicPaths() {}

    static String all(String cluster) {
        return ClusterNavigation.path(cluster) + "/topics";
    }

    static String one(String cluster, String topic) {
        return all(cluster) + "/" + ApiCall.encoded(topic);
    }

    static String address(String cluster, String topic) {
        return ClusterNavigation.address(cluster, "topics") + "/" + ApiCall.encoded(topic);
    }
}
