// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// A record that must not take effect; makes its whole entry void. Stays inside this package.
final class RefusedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedRecordException(String message) {
        super(message);
    }
}
