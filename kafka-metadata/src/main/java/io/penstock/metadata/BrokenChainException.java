// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// An entry was offered that is not the successor of the image's last entry: bytes from somewhere else, or a gap.
public final class BrokenChainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenChainException(String message) {
        super(message);
    }
}
