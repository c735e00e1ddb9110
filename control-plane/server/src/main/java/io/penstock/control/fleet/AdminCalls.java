// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;

/// Carries out what a Kafka client asked a broker to have done. The broker has authorized its client; calls
/// block, and come on threads that may. An answer that says NONE is given only for a stored entry.
public interface AdminCalls {
    AdminReply createTopics(CreateTopicsCall call);

    AdminReply createPartitions(CreatePartitionsCall call);

    AdminReply deleteTopics(DeleteTopicsCall call);

    AdminReply alterConfigs(AlterConfigsCall call);

    ForwardReply forward(ForwardCall call);
}
