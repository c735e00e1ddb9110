// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import java.util.Comparator;
import org.apache.kafka.common.Uuid;

/// A topic as clients know it.
record Topic(String name, Uuid id, int partitions) {

    /// A partition by its topic's name and id.
    record Partition(String name, Uuid topicId, int number) implements Comparable<Partition> {
        private static final Comparator<Partition> ORDER =
                Comparator.comparing(Partition::name).thenComparingInt(Partition::number);

        @Override
        public int compareTo(Partition other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return name + "-" + number;
        }
    }
}
