// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.metadata.ClusterImage;

/// What clients are told of the brokers as a whole.
final class Brokers {
    private Brokers() {}

    /// Any broker takes what clients send to a controller; all name the same one, so that nothing seems to
    /// move.
    static int controllerId(ClusterImage image) {
        return image.liveBrokers().isEmpty() ? -1 : image.liveBrokers().firstKey();
    }
}
