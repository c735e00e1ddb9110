// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

/// The two ways a check ends early.
final class Trial {
    private Trial() {}

    /// The promise is broken.
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenException(String reason) {
            super(reason);
        }
    }

    /// The store gave no certain answer where one is needed.
    static final class UndecidedException extends Exception {
        private static final long serialVersionUID = 1L;

        UndecidedException(String reason, Throwable cause) {
            super(reason + " (" + sentence(cause) + ")", cause);
        }

        private static String sentence(Throwable cause) {
            String message = cause.getMessage();
            return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
        }
    }
}
