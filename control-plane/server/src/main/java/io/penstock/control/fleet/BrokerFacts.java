// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.brokerapi.v1.CheckpointReached;
import io.penstock.brokerapi.v1.ClusterClaimed;
import io.penstock.brokerapi.v1.TopicDropped;

/// Takes what brokers find out about clusters and what belongs into their metalogs.
interface BrokerFacts {
    void checkpoint(CheckpointReached checkpoint);

    void topicDropped(String brokerId, TopicDropped dropped);

    /// A broker says that the bucket holds another control plane's CLAIM.
    void claimed(String brokerId, ClusterClaimed claimed);
}
