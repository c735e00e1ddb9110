// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.resource.Description;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.util.Optional;

/// Which cluster somebody wants to attach from its prefix alone, and as what.
///
/// @param fleetId whose brokers are to serve it; empty: the oldest fleet
/// @param bucketId empty: the tenant's own bucket, or the oldest that everybody may use
/// @param prefix where in the bucket it lives
public record Adoption(
        Description description,
        String tenantId,
        Optional<String> fleetId,
        Optional<String> bucketId,
        ClusterPrefix prefix,
        ClientAuthentication authentication) {}
