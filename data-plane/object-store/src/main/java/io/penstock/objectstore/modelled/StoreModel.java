// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.modelled;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How a modelled store behaves.
///
/// @param put how long puts and deletes take
/// @param get how long gets, heads and lists take
/// @param errorRate share of requests (0 to 1) that fail without having done anything
/// @param lostReplyRate share of puts and deletes (0 to 1) that are done and answered "unknown"
public record StoreModel(Latency put, Latency get, double errorRate, double lostReplyRate) {
    public StoreModel {
        requireShare("error_rate", errorRate);
        requireShare("lost_reply_rate", lostReplyRate);
    }

    /// As fast and as good as the store behind it.
    public static StoreModel perfect() {
        return new StoreModel(Latency.none(), Latency.none(), 0, 0);
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " is a share from 0 to 1, not " + share);
        }
    }

    /// A lognormal latency, told by two of its percentiles.
    public record Latency(Duration p50, Duration p99) {
        /// The 99th percentile of the standard normal distribution.
        private static final double Z99 = 2.3263478740408408;

        public Latency {
            if (p50.isNegative() || p99.compareTo(p50) < 0) {
                throw new IllegalArgumentException("p99 is not below p50: " + p99 + " < " + p50);
            }
        }

        public static Latency none() {
            return new Latency(Duration.ZERO, Duration.ZERO);
        }

        Duration sample(RandomGenerator random) {
            if (p50.isZero()) {
                return Duration.ZERO;
            }
            double sigma = Math.log((double) p99.toNanos() / p50.toNanos()) / Z99;
            return Duration.ofNanos((long) (p50.toNanos() * Math.exp(sigma * random.nextGaussian())));
        }
    }
}
