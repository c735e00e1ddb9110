// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// A consumer group that has offsets in a topic.
///
/// @param lagRecords over all partitions of the topic
public record TopicGroup(String groupId, int partitions, long lagRecords, String self) {}
