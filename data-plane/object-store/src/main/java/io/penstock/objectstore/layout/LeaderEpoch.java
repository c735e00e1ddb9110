// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

/// Grows with every change of a shard's leader: the number of the metalog entry that assigned it, hence unique in the
/// cluster. 1 or more.
public record LeaderEpoch(int number) implements Comparable<LeaderEpoch> {
    public LeaderEpoch {
        if (number < 1) {
            throw new IllegalArgumentException("not a leader epoch: " + number);
        }
    }

    @Override
    public int compareTo(LeaderEpoch other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
