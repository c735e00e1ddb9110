// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param maxPartitionsPerTopic one mistaken digit must not fill every broker's memory
/// @param maxPartitionsPerCluster what a cluster's image may grow to
/// @param undoWindow how long a deleted topic can be restored
@ConfigurationProperties("penstock.topics")
record TopicSettings(
        @DefaultValue("10000") int maxPartitionsPerTopic,
        @DefaultValue("200000") int maxPartitionsPerCluster,
        @DefaultValue("1d") Duration undoWindow) {}
