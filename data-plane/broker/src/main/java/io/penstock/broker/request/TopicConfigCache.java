// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.metadata.ClusterImage;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// What topics' configs come to, parsed once per change of a topic's configs. From any thread.
///
/// @param <T> what they are parsed to: immutable
public final class TopicConfigCache<T> {
    private final Map<Uuid, Entry<T>> parsed = new ConcurrentHashMap<>();
    private final Function<Map<String, String>, T> parse;

    /// @param image the newest for which the configs are known to be the same
    private record Entry<T>(int image, Map<String, String> configs, T value) {}

    /// @param parse makes a value of what was set for a topic
    public TopicConfigCache(Function<Map<String, String>, T> parse) {
        this.parse = parse;
    }

    /// @return empty if the image has no such topic
    public Optional<T> of(ClusterImage image, Uuid topicId) {
        return image.topicName(topicId).map(name -> of(image, topicId, name));
    }

    public T of(ClusterImage image, Uuid topicId, String name) {
        Entry<T> known = parsed.get(topicId);
        if (known != null && known.image() == image.number()) {
            return known.value();
        }
        Map<String, String> configs = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, name));
        T value = known != null && known.configs().equals(configs) ? known.value() : parse.apply(configs);
        parsed.put(topicId, new Entry<>(image.number(), Map.copyOf(configs), value));
        return value;
    }

    /// Forgets topics that are no more.
    public void imageChanged(ClusterImage image) {
        parsed.keySet().removeIf(id -> image.topicName(id).isEmpty());
    }
}
