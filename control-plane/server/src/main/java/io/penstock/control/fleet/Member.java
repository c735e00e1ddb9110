// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.objectstore.layout.Incarnation;

/// An incarnation of a broker in a cluster, as the control plane knows it.
///
/// @param zone empty if nobody said
public record Member(
        String brokerId,
        int nodeId,
        Incarnation incarnation,
        String host,
        int port,
        String zone,
        long brokerEpoch,
        Standing standing) {

    /// What may be done with an incarnation.
    public enum Standing {
        /// It may be given shards.
        SERVING,
        /// It keeps its shards for now and gets no new ones: its stream is broken, or it has not come back yet.
        AWAITED,
        /// It lives and gives its shards to others in order.
        LEAVING,
        /// It is given up: retire it together with all its shards.
        GIVEN_UP
    }
}
