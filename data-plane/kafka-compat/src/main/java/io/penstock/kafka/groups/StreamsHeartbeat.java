// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import java.util.List;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;

/// What a Kafka Streams application is told (KIP-1071).
///
/// @param answer with a status where something is missing
/// @param missing repartition and changelog topics that the application waits for: to be created by whoever asked
public record StreamsHeartbeat(StreamsGroupHeartbeatResponseData answer, List<CreatableTopic> missing) {}
