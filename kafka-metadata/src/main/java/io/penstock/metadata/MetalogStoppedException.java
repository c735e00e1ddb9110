// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// The metalog is not followed any more: the process closes, or the metalog cannot be used.
public final class MetalogStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetalogStoppedException(String reason) {
        super(reason);
    }
}
