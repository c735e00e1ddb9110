// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

/// These bytes are no record batch that can be stored. The message says why.
public final class InvalidBatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidBatch(String message) {
        super(message);
    }
}
