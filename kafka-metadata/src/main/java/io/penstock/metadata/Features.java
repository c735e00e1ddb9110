// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.server.common.GroupVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.common.ShareVersion;
import org.apache.kafka.server.common.StreamsVersion;
import org.apache.kafka.server.common.TransactionVersion;

/// Which of Kafka's features a cluster has: written as `FeatureLevelRecord`s in its first entry and by
/// UpdateFeatures ([FeaturePlan]), and told to clients in ApiVersions.
///
/// Clients act on these. `transaction.version` 2 makes producers skip AddPartitionsToTxn and expect their epoch to be
/// raised by every transaction (KIP-890); in clusters that were created with 0 they use the protocol before.
/// `streams.version` 1 lets Kafka Streams use groups of its own kind (KIP-1071); clusters that were created with 0
/// refuse them, and applications use the classic protocol. `share.version` stays 0 until brokers serve share groups.
public final class Features {
    /// Levels a new cluster is created with. Levels of 0 need no record.
    private static final Map<String, Short> AT_CREATION = Map.of(
            MetadataVersion.FEATURE_NAME, MetadataVersion.LATEST_PRODUCTION.featureLevel(),
            GroupVersion.FEATURE_NAME, GroupVersion.GV_1.featureLevel(), // KIP-848 groups
            StreamsVersion.FEATURE_NAME, StreamsVersion.SV_1.featureLevel(), // KIP-1071
            ShareVersion.FEATURE_NAME, ShareVersion.SV_0.featureLevel(),
            TransactionVersion.FEATURE_NAME, TransactionVersion.TV_2.featureLevel()); // KIP-890

    private Features() {}

    /// Feature name → level for a new cluster, in order of the names.
    public static Map<String, Short> atCreation() {
        return new TreeMap<>(AT_CREATION);
    }

    /// Whether the cluster has groups of Kafka Streams (KIP-1071).
    public static boolean streamsGroups(ClusterImage image) {
        Short level = image.kafka().features().finalizedVersions().get(StreamsVersion.FEATURE_NAME);
        return level != null && StreamsVersion.fromFeatureLevel(level).streamsGroupSupported();
    }

    /// Feature name → highest level that this build can serve; the lowest is 0, for `metadata.version`
    /// [MetadataVersion#MINIMUM_VERSION].
    public static Map<String, Short> served() {
        return atCreation();
    }

    /// The lowest level of a feature that this build can serve.
    public static short lowest(String name) {
        return name.equals(MetadataVersion.FEATURE_NAME) ? MetadataVersion.MINIMUM_VERSION.featureLevel() : 0;
    }
}
