// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ShardPlacementTest {

    /// Computed once, with this code. A partition never changes its shard, so these never change.
    @Test
    void thePlaceOfAPartitionIsPinned() {
        assertThat(shards("AAAAAAAAAAAAAAAAAAAAAQ", 16)).containsExactly(2, 3, 5);
        assertThat(shards("I7jcQbMVT6mXd2wtyqhyPw", 16)).containsExactly(9, 10, 12);
        assertThat(shards("I7jcQbMVT6mXd2wtyqhyPw", 64)).containsExactly(57, 58, 60);
        assertThat(shards("I7jcQbMVT6mXd2wtyqhyPw", 1)).containsExactly(0, 0, 0);
        assertThat(shards("_____________________w", 16)).containsExactly(11, 12, 14);
    }

    private static int[] shards(String topicId, int shards) {
        return new int[] {
            ShardPlacement.shardOf(Uuid.fromString(topicId), 0, shards).number(),
            ShardPlacement.shardOf(Uuid.fromString(topicId), 1, shards).number(),
            ShardPlacement.shardOf(Uuid.fromString(topicId), 1_000_003, shards).number()
        };
    }

    @Test
    void neighboursLieInNeighbouringShards() {
        Uuid topic = Uuid.fromString("I7jcQbMVT6mXd2wtyqhyPw");
        for (int partition = 0; partition < 100; partition++) {
            int here = ShardPlacement.shardOf(topic, partition, 16).number();
            assertThat(ShardPlacement.shardOf(topic, partition + 1, 16).number())
                    .isEqualTo((here + 1) % 16);
        }
    }

    @Test
    void topicsOfOnePartitionSpreadOverAllShards() {
        int[] topics = new int[16];
        for (int i = 0; i < 16_000; i++) {
            topics[ShardPlacement.shardOf(new Uuid(i, 0), 0, 16).number()]++;
        }
        for (int count : topics) {
            assertThat(count).isBetween(850, 1150);
        }
    }
}
