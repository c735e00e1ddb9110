// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import java.util.Map;

/// Which clusters are asked for; an empty text asks for all.
///
/// @param labels a cluster must have all of these
/// @param deleted those that were deleted and can be restored, instead of those that were not
public record ClusterFilter(
        String tenantId, String fleetId, String phase, Map<String, String> labels, boolean deleted) {}
