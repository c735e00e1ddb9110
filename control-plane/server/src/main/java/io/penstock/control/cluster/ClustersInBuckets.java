// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import io.penstock.api.ResourceRef;
import io.penstock.control.storage.BucketUsers;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/// A bucket with clusters is not forgotten.
@Component
final class ClustersInBuckets implements BucketUsers {
    private final Clusters clusters;

    ClustersInBuckets(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public List<ResourceRef> of(String bucketId) {
        return clusters.findByBucketIdAndPhaseNot(bucketId, Phase.DELETED, Limit.of(100)).stream()
                .map(ClusterService::ref)
                .toList();
    }

    @Override
    public void forget(String bucketId) {
        clusters.forgetDeleted("", bucketId);
    }
}
