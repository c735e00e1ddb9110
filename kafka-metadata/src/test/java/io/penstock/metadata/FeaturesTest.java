// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FeaturesTest {

    /// Clients act on these levels: raising one is a decision.
    @Test
    void aNewClusterHasTheseFeatures() {
        assertThat(Features.atCreation())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "metadata.version", (short) 30,
                        "group.version", (short) 1,
                        "streams.version", (short) 1,
                        "share.version", (short) 0,
                        "transaction.version", (short) 2));
    }

    @Test
    void theImageOfANewClusterHasThemToo() {
        ClusterImage image = ClusterImage.EMPTY
                .apply(ClusterImage.EMPTY.next(
                        ACluster.OWNER, 0, 0, MetalogRecords.createCluster(ClusterSettings.defaults("orders"))))
                .after();

        assertThat(image.kafka().features().finalizedVersions())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "group.version", (short) 1, "streams.version", (short) 1, "transaction.version", (short) 2));
        assertThat(image.kafka().features().metadataVersionOrThrow().featureLevel())
                .isEqualTo((short) 30);
    }
}
