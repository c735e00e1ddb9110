// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

/// A fixed share of a cluster's partitions, numbered 0 to shards − 1: the unit of leadership, leader epoch, manifest,
/// recovery and movement.
public record ShardId(int number) implements Comparable<ShardId> {
    public ShardId {
        if (number < 0) {
            throw new IllegalArgumentException("not a shard: " + number);
        }
    }

    @Override
    public int compareTo(ShardId other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
