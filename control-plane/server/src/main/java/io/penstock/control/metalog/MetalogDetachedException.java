// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

/// The cluster does not belong to this control plane (any more). Nothing here may change it.
public final class MetalogDetachedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetalogDetachedException(String clusterId, String reason) {
        super("cluster " + clusterId + " is detached: " + reason);
    }
}
