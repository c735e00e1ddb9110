// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What a cluster is meant to be. Whatever is left out at creation gets the default that the answer shows.
///
/// @param fleetId whose brokers serve it; never changes
/// @param bucketId where it lives; never changes
/// @param prefix the part of the bucket that it owns; never changes. Given at creation: the cluster that
///     lives there is attached with all it holds, and whoever owned it is shut out
/// @param shards the units its partitions are led by; never changes
/// @param latencyProfile FAST, BALANCED or ECONOMY: how long batches may wait for company before a PUT
/// @param autoCreateTopics whether a client's first use of a topic creates it
/// @param defaultPartitions of a topic whose creator does not say
/// @param defaultReplicationFactor echoed for a topic whose creator does not say; the object store replicates
/// @param offsetsTopicPartitions of the internal topic with groups and their offsets; never changes
/// @param authentication REQUIRED (default), or OPEN_ON_LOOPBACK: whoever reaches a broker over the loopback of
///     its machine may do everything without saying who it is; where brokers listen elsewhere it means REQUIRED;
///     never changes
public record ClusterSpec(
        @Nullable String fleetId,
        @Nullable String bucketId,
        @Nullable String prefix,
        @Nullable Integer shards,
        @Nullable String latencyProfile,
        @Nullable Boolean autoCreateTopics,
        @Nullable Integer defaultPartitions,
        @Nullable Integer defaultReplicationFactor,
        @Nullable Integer offsetsTopicPartitions,
        @Nullable String authentication) {}
