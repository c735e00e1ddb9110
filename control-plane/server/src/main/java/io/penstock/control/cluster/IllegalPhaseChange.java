// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;

/// A cluster cannot go from where it is to there: a mistake in this program, not of a caller.
final class IllegalPhaseChange extends RuntimeException {
    IllegalPhaseChange(String clusterId, Phase from, Phase to) {
        super("cluster " + clusterId + " cannot go from " + from + " to " + to);
    }
}
