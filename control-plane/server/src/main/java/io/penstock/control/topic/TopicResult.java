// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// What became of one thing that was asked for.
///
/// @param name as it was asked for: a topic's name, or its id where it was named by id
/// @param topicId [Uuid#ZERO_UUID] if there is none
/// @param message empty unless there is an error
/// @param partitions of the topic after the change; 0 if there is none
/// @param configs all that is set for it by hand after the change
/// @param entry number of the metalog entry that did it; 0 if none
public record TopicResult(
        String name,
        Uuid topicId,
        Errors error,
        String message,
        int partitions,
        int replicationFactor,
        Map<String, String> configs,
        int entry) {

    public TopicResult {
        configs = Map.copyOf(configs);
    }

    static TopicResult refused(String name, Errors error, String message) {
        return new TopicResult(name, Uuid.ZERO_UUID, error, message, 0, 0, Map.of(), 0);
    }

    static TopicResult done(String name, Uuid id, int partitions, int replicationFactor, Map<String, String> configs) {
        return new TopicResult(name, id, Errors.NONE, "", partitions, replicationFactor, configs, 0);
    }

    TopicResult inEntry(int number) {
        return error == Errors.NONE
                ? new TopicResult(name, topicId, error, message, partitions, replicationFactor, configs, number)
                : this;
    }

    public boolean ok() {
        return error == Errors.NONE;
    }
}
