// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.kafka.cleaning.TopicPolicy;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// What topics want kept, as it stands at the moment of the question: a change takes effect with the next
/// round of
/// consolidation. Asked on the log's actor; must not block.
@FunctionalInterface
public interface TopicPolicies {
    /// Nothing is ever let go by itself.
    TopicPolicies KEEP_EVERYTHING = _ -> Optional.empty();

    /// @return empty if the topic is not known: then everything of it is kept
    Optional<TopicPolicy> of(Uuid topicId);
}
