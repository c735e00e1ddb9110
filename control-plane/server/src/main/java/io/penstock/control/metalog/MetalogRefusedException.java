// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

/// The change contradicts the cluster's image, so its entry would be void. Nothing was written.
public final class MetalogRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetalogRefusedException(String clusterId, String reason) {
        super("cluster " + clusterId + ": " + reason);
    }
}
