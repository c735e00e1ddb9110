// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.image.FeaturesImage;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.MetadataVersion;

/// What asked-for changes of feature levels come to: all of them, or none. Levels go up to what is served and
/// down to what they were; that of metadata is not a client's to choose, since it is the format that brokers
/// of this version write.
///
/// @param error NONE, or why nothing changes
/// @param records of what changes; empty if nothing does
public record FeaturePlan(ApiError error, List<MetalogRecord> records) {
    public static FeaturePlan of(ClusterImage image, UpdateFeaturesRequestData asked) {
        List<MetalogRecord> records = new ArrayList<>();
        for (FeatureUpdateKey update : asked.featureUpdates()) {
            Optional<String> problem = problem(image.kafka().features(), update);
            if (problem.isPresent()) {
                return new FeaturePlan(
                        new ApiError(
                                Errors.INVALID_UPDATE_VERSION,
                                "Invalid update version " + update.maxVersionLevel() + " for feature "
                                        + update.feature() + ". " + problem.get()),
                        List.of());
            }
            if (level(image.kafka().features(), update.feature()) != update.maxVersionLevel()) {
                records.add(new MetalogRecord.Kafka(new ApiMessageAndVersion(
                        new FeatureLevelRecord().setName(update.feature()).setFeatureLevel(update.maxVersionLevel()),
                        (short) 0)));
            }
        }
        return new FeaturePlan(ApiError.NONE, asked.validateOnly() ? List.of() : records);
    }

    private static short level(FeaturesImage features, String name) {
        return name.equals(MetadataVersion.FEATURE_NAME)
                ? features.metadataVersionOrThrow().featureLevel()
                : features.finalizedVersions().getOrDefault(name, (short) 0);
    }

    private static Optional<String> problem(FeaturesImage features, FeatureUpdateKey update) {
        FeatureUpdate.UpgradeType type = FeatureUpdate.UpgradeType.fromCode(update.upgradeType());
        short wanted = update.maxVersionLevel();
        if (type == FeatureUpdate.UpgradeType.UNKNOWN) {
            return Optional.of("The controller does not support the given upgrade type.");
        }
        if (wanted < 0) {
            return Optional.of("A feature version cannot be less than 0.");
        }
        Short served = Features.served().get(update.feature());
        if (served == null) {
            return Optional.of("The cluster does not support this feature.");
        }
        if (wanted > served) {
            return Optional.of("Brokers support versions 0-" + served + ".");
        }
        short present = level(features, update.feature());
        if (update.feature().equals(MetadataVersion.FEATURE_NAME) && wanted != present) {
            return Optional.of("It follows the version of Penstock by itself.");
        }
        if (wanted < present && type == FeatureUpdate.UpgradeType.UPGRADE) {
            return Optional.of("Can't downgrade the version of this feature without setting the upgrade type to either"
                    + " safe or unsafe downgrade.");
        }
        return wanted > present && type != FeatureUpdate.UpgradeType.UPGRADE
                ? Optional.of("Can't downgrade to a newer version.")
                : Optional.empty();
    }
}
