// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

/// How long producers are asked to pause while the object store does not follow them (KIP-219: they are answered at
/// once, and their connection is not read meanwhile). Pure.
///
/// Pauses begin when half of what may wait for durability does, and grow from there, so that producers become as fast
/// as
/// the store before anything is refused.
public final class ProducerThrottle {
    private static final double FROM = 0.5;
    private static final int LONGEST_MILLIS = 1_000;

    private ProducerThrottle() {}

    /// @param pendingFill share of what may wait for durability that does ([io.penstock.log.ClusterLog#pendingFill])
    /// @return milliseconds, 0 for no pause
    public static int millis(double pendingFill) {
        double over = (pendingFill - FROM) / (1 - FROM);
        return over <= 0 ? 0 : (int) Math.ceil(Math.min(1, over) * LONGEST_MILLIS);
    }
}
