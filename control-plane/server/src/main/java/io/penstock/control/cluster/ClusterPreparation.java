// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

/// Modules that have something to put right in a cluster's metadata before brokers serve it tell here what:
/// its metalog is there, and it may have lain in a bucket, or waited for its restoration, for long.
public interface ClusterPreparation {
    /// Repeatable; whoever throws is asked again, and until then the cluster is not served.
    void prepare(Cluster cluster);
}
