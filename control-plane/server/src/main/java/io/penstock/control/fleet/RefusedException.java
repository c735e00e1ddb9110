// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Status;

/// A broker asked for something that it must not have.
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    RefusedException(Status.Code code, String message) {
        super(message);
        this.code = code;
    }

    Status status() {
        return code.toStatus().withDescription(getMessage());
    }
}
