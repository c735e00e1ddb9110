// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

/// PostgreSQL could not be started or stopped. The message is one line that says what to do.
public final class EmbeddedPostgresException extends RuntimeException {
    public EmbeddedPostgresException(String message) {
        super(message);
    }

    public EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
