// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a topic is meant to be.
///
/// @param partitions only grows; left out at creation: the cluster's default
/// @param replicationFactor remembered and echoed, as Kafka clients expect; the object store replicates
/// @param configs what is set by hand, by Kafka's names; everything else has its default
public record TopicSpec(
        @Nullable Integer partitions,
        @Nullable Integer replicationFactor,
        @Nullable Map<String, String> configs) {}
