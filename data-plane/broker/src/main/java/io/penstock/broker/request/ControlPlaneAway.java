// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

/// The control plane did not answer: the change may have been made or not; asking again later is safe.
public final class ControlPlaneAway extends Exception {
    private static final long serialVersionUID = 1;

    public ControlPlaneAway(String message) {
        super(message);
    }

    public ControlPlaneAway(String message, Throwable cause) {
        super(message, cause);
    }
}
