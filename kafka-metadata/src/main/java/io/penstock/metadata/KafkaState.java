// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.image.ConfigurationDelta;
import org.apache.kafka.image.ConfigurationImage;
import org.apache.kafka.image.ConfigurationsImage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.server.immutable.ImmutableMap;

/// Kafka's image, and its configs once more in a map that can be changed without being copied.
///
/// Kafka applies a change of configs by copying the configs of all topics. With ten thousand topics that is most of the
/// cost of creating one more (1.1 ms instead of 0.1 ms), and quadratic over a replay.
record KafkaState(MetadataImage image, ImmutableMap<ConfigResource, ConfigurationImage> configs) {
    static final KafkaState EMPTY = new KafkaState(MetadataImage.EMPTY, ImmutableMap.empty());

    /// What `delta.apply(provenance)` gives, cheaper.
    KafkaState after(MetadataDelta delta, MetadataProvenance provenance) {
        ImmutableMap<ConfigResource, ConfigurationImage> after = configs;
        if (delta.configsDelta() != null) {
            for (Map.Entry<ConfigResource, ConfigurationDelta> change :
                    delta.configsDelta().changes().entrySet()) {
                ConfigurationImage changed = change.getValue().apply();
                after = changed.isEmpty() ? after.removed(change.getKey()) : after.updated(change.getKey(), changed);
            }
        }
        MetadataImage next = new MetadataImage(
                provenance,
                delta.featuresDelta() == null
                        ? image.features()
                        : delta.featuresDelta().apply(),
                delta.clusterDelta() == null
                        ? image.cluster()
                        : delta.clusterDelta().apply(),
                delta.topicsDelta() == null
                        ? image.topics()
                        : delta.topicsDelta().apply(),
                delta.configsDelta() == null ? image.configs() : new ConfigurationsImage(after),
                delta.clientQuotasDelta() == null
                        ? image.clientQuotas()
                        : delta.clientQuotasDelta().apply(),
                delta.producerIdsDelta() == null
                        ? image.producerIds()
                        : delta.producerIdsDelta().apply(),
                delta.aclsDelta() == null ? image.acls() : delta.aclsDelta().apply(),
                delta.scramDelta() == null ? image.scram() : delta.scramDelta().apply(),
                delta.delegationTokenDelta() == null
                        ? image.delegationTokens()
                        : delta.delegationTokenDelta().apply());
        return new KafkaState(next, after);
    }
}
