// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;

/// What Kafka says of names of topics.
public final class TopicNames {
    /// Keeps consumer groups and their offsets.
    public static final String CONSUMER_OFFSETS = Topic.GROUP_METADATA_TOPIC_NAME;

    private TopicNames() {}

    /// Whether it belongs to the brokers and clients must not write to it.
    public static boolean isInternal(String name) {
        return Topic.isInternal(name);
    }

    /// What is wrong with the name; empty if a topic may have it.
    public static Optional<String> problem(String name) {
        try {
            Topic.validate(name);
            return Optional.empty();
        } catch (InvalidTopicException e) {
            return Optional.of(Objects.requireNonNullElse(e.getMessage(), "not a name of a topic"));
        }
    }
}
