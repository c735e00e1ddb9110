// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.groups;

import io.penstock.console.cluster.ClusterNavigation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Where consumer groups are: in the API, and in the console. Names of groups are any text, so both write them in
/// base64url.
final class GroupPaths {
    private GroupPaths() {}

    static String all(String cluster) {
        return ClusterNavigation.path(cluster) + "/consumer-groups";
    }

    static String one(String cluster, String group) {
        return all(cluster) + "/b64." + encoded(group);
    }

    static String address(String cluster, String group) {
        return ClusterNavigation.address(cluster, "groups") + "/" + encoded(group);
    }

    static String encoded(String group) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(group.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws IllegalArgumentException if that is no encoded name
    static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
