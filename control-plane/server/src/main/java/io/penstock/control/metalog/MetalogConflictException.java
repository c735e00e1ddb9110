// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

/// The entry did not happen: the bucket holds something else under its number. Ask again from the newest image.
public final class MetalogConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetalogConflictException(String clusterId, int number) {
        super("entry " + number + " of cluster " + clusterId + " did not happen: the bucket holds another one");
    }
}
