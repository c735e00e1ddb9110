// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// Somebody asked a broker to go where its life does not lead.
public final class IllegalPhaseChange extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IllegalPhaseChange(String brokerId, BrokerPhase from, BrokerPhase to) {
        super("broker " + brokerId + " cannot go from " + from + " to " + to);
    }
}
