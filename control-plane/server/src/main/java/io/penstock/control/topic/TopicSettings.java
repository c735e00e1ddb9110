// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param maxPartitionsPerTopic one mistaken digit must not fill every broker's memory
/// @param maxPartitionsPerCluster what a cluster's image may grow to
@ConfigurationProperties("penstock.topics")
record TopicSettings(
        @DefaultValue("10000") int maxPartitionsPerTopic,
        @DefaultValue("200000") int maxPartitionsPerCluster) {}
