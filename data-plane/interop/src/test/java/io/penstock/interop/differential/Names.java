// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import java.util.List;
import java.util.SplittableRandom;

/// What the requests of one seed talk about. Names of different seeds are apart, so that seeds do not
/// disturb each other.
///
/// @param prefix of every name that this seed makes
/// @param millis of its first records
record Names(String prefix, long millis) {
    /// Topics that are made at the beginning, with three partitions.
    List<String> topics() {
        return List.of(prefix + "-t0", prefix + "-t1");
    }

    /// May come to exist on the way.
    String laterTopic() {
        return prefix + "-later";
    }

    String topic(SplittableRandom random) {
        int roll = random.nextInt(20);
        if (roll < 15) {
            return topics().get(roll % 2);
        }
        return roll < 17 ? laterTopic() : oddTopic(random);
    }

    private String oddTopic(SplittableRandom random) {
        return List.of(prefix + "-missing", prefix + "@odd", prefix + "." + "x".repeat(250))
                .get(random.nextInt(3));
    }

    String group(SplittableRandom random) {
        int roll = random.nextInt(20);
        return roll == 0 ? "" : roll == 1 ? prefix + "-nobody" : prefix + "-g" + roll % 3;
    }

    String transaction(SplittableRandom random) {
        int roll = random.nextInt(20);
        return roll == 0 ? prefix + "-unused" : prefix + "-x" + roll % 2;
    }

    String user(SplittableRandom random) {
        return prefix + "-u" + random.nextInt(3);
    }
}
