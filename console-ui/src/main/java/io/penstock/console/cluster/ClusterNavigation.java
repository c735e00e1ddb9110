// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.cluster;

import io.penstock.console.gateway.ApiCall;

/// Addresses of pages about a cluster, relative to the console.
public final class ClusterNavigation {
    public static final String NEW = "clusters/new";

    private ClusterNavigation() {}

    public static String address(String cluster) {
        return "clusters/" + ApiCall.encoded(cluster);
    }

    /// @param tab the last part of its address, such as `topics`
    public static String address(String cluster, String tab) {
        return address(cluster) + "/" + tab;
    }

    /// Where the API has it.
    public static String path(String cluster) {
        return "/v1/clusters/" + ApiCall.encoded(cluster);
    }
}
