// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.objectstore.layout.ClusterPrefix;

/// What a fleet's brokers must know of a cluster to serve it.
///
/// @param prefix the part of the bucket that it owns
/// @param latencyProfile `fast`, `balanced` or `economy`
/// @param basePort a broker's listener for this cluster is this plus its node id
/// @param openOnLoopback whether clients that reach a broker over loopback need not say who they are
public record ClusterAttachment(
        String clusterId,
        String tenantId,
        String fleetId,
        String bucketId,
        ClusterPrefix prefix,
        String name,
        String latencyProfile,
        int basePort,
        boolean openOnLoopback) {}
