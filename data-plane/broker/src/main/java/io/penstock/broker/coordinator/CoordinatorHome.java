// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.metadata.Leader;
import java.util.Optional;
import java.util.OptionalInt;

/// Where the coordinators of one kind of keys are.
public interface CoordinatorHome {
    /// The partition of the internal topic that is the key's home; empty while there is no such topic, which is then on
    /// its way.
    ///
    /// @param principal who is named as the topic's creator
    OptionalInt partitionFor(String key, String principal);

    /// Who coordinates what has its home in the partition.
    Optional<Leader> leaderOf(int partition);
}
