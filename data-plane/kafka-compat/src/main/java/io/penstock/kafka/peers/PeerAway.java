// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.peers;

/// The other broker gave no answer: what was asked may have been done or not.
public final class PeerAway extends Exception {
    private static final long serialVersionUID = 1;

    PeerAway(String message) {
        super(message);
    }
}
