// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.objectstore.layout.Incarnation;

/// A living broker that may be given shards of one cluster.
///
/// @param incarnation its tenure in that cluster
/// @param nodeId its number in the fleet; breaks ties, so that equal worlds get equal plans
/// @param zone where it runs; empty if nobody said
/// @param otherLoad shards of *other* clusters that the same process leads
public record Candidate(Incarnation incarnation, int nodeId, String zone, int otherLoad) {
    public Candidate {
        if (nodeId < 0 || otherLoad < 0) {
            throw new IllegalArgumentException("not a candidate: node " + nodeId + ", other load " + otherLoad);
        }
    }
}
