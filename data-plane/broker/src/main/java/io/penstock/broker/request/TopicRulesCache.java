// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.kafka.validation.TopicRules;
import io.penstock.metadata.ClusterImage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// What topics demand of produced batches, parsed once per change of a topic's configs.
public final class TopicRulesCache {
    private final Map<Uuid, Entry> rules = new ConcurrentHashMap<>();

    /// @param image the newest for which the configs are known to be the same
    private record Entry(int image, Map<String, String> configs, TopicRules rules) {}

    public TopicRules of(ClusterImage image, Uuid topicId, String name) {
        Entry known = rules.get(topicId);
        if (known != null && known.image() == image.number()) {
            return known.rules();
        }
        Map<String, String> configs = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, name));
        TopicRules parsed = known != null && known.configs().equals(configs) ? known.rules() : TopicRules.of(configs);
        rules.put(topicId, new Entry(image.number(), Map.copyOf(configs), parsed));
        return parsed;
    }

    /// Forgets topics that are no more.
    public void imageChanged(ClusterImage image) {
        rules.keySet().removeIf(id -> image.topicName(id).isEmpty());
    }
}
