// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.quotas.ClusterQuotas;
import io.penstock.kafka.telemetry.ClientTelemetry;
import io.penstock.log.ClusterLog;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// One cluster, as the handlers of its requests see it. All methods may be called from any thread and do not
/// block.
public interface ClusterContext {
    String clusterId();

    /// This broker's node id in the cluster.
    int nodeId();

    /// The newest image applied here.
    ClusterImage image();

    /// The log of the present incarnation; empty between incarnations: answer NOT_LEADER_OR_FOLLOWER.
    Optional<ClusterLog> log();

    ControlPlane controlPlane();

    ProducerIds producerIds();

    /// What principals may do here.
    AccessControl access();

    /// What clients and the tenant may use of this broker, and how long they have to pause when they used more.
    ClusterQuotas quotas();

    /// What clients are asked to measure, and what they say.
    ClientTelemetry telemetry();

    /// Tells the listener from now on, across changes of incarnation, until the answer is closed.
    Subscription onProgress(ProgressListener listener);

    /// The partition as the log knows it; empty if the image has no such partition.
    default Optional<PartitionRef> partition(Uuid topicId, int partition) {
        return image().shardOf(topicId, partition).map(shard -> new PartitionRef(shard, topicId, partition));
    }

    /// Ends what was subscribed to.
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
