// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.control.metalog.Metalog;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Lets go for good of deleted topics when the time to restore them is over. From the entry on that says so no one can
/// have them back, and only then brokers begin to remove their records.
@Component
class TopicPurges {
    private static final Logger LOG = LoggerFactory.getLogger(TopicPurges.class);

    private final DeletedTopicRows rows;
    private final Metalog metalog;
    private final TopicSettings settings;
    private final Clock clock;

    TopicPurges(DeletedTopicRows rows, Metalog metalog, TopicSettings settings, Clock clock) {
        this.rows = rows;
        this.metalog = metalog;
        this.settings = settings;
        this.clock = clock;
    }

    @Scheduled(fixedDelayString = "${penstock.topics.purge-interval:PT1M}", initialDelayString = "PT10S")
    void look() {
        for (var clusterId : rows.clustersToPurge(clock.instant())) {
            try {
                metalog.change(
                        clusterId,
                        image -> TopicPlanner.purge(image, clock.instant().minus(settings.undoWindow())));
            } catch (RuntimeException e) {
                // Deleted, or not ours any more, or its bucket does not answer: nothing waits for it.
                LOG.info("event=topics_not_purged_yet cluster={} cause={}", clusterId, e.toString());
            }
        }
    }
}
