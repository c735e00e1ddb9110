// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import java.util.concurrent.CompletableFuture;

/// Where administrative requests of Kafka clients are carried out.
///
/// Every call ends within its timeout; none throws. A control plane that cannot be reached fails the future
/// with [ControlPlaneAway].
public interface ControlPlane {
    CompletableFuture<AdminReply> createTopics(CreateTopicsCall call);

    CompletableFuture<AdminReply> createPartitions(CreatePartitionsCall call);

    CompletableFuture<AdminReply> deleteTopics(DeleteTopicsCall call);

    CompletableFuture<AdminReply> alterConfigs(AlterConfigsCall call);

    /// A request in Kafka's own bytes, and its answer likewise.
    CompletableFuture<ForwardReply> forward(ForwardCall call);
}
