// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.resource.Description;
import io.penstock.metadata.ClusterSettings;
import java.util.Optional;

/// What somebody wants to create.
///
/// @param fleetId empty: the oldest fleet
/// @param bucketId empty: the tenant's own bucket, or the oldest that everybody may use
/// @param settings under the cluster's name
public record NewCluster(
        Description description,
        String tenantId,
        Optional<String> fleetId,
        Optional<String> bucketId,
        ClusterSettings settings,
        ClientAuthentication authentication) {}
