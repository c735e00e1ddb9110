// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// The bytes of a metadata object cannot be used.
public final class MetadataFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Why, and hence what to do.
    public enum Reason {
        /// The bytes are not what was written: read them again from the bucket; if they stay so, the object is
        /// broken.
        DAMAGED,
        /// A newer Penstock wrote them: upgrade this process before it may take part.
        NEWER
    }

    private final Reason reason;

    private MetadataFormatException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static MetadataFormatException damaged(String detail) {
        return new MetadataFormatException(Reason.DAMAGED, "damaged: " + detail);
    }

    static MetadataFormatException newer(String detail) {
        return new MetadataFormatException(
                Reason.NEWER, "written by a newer version of Penstock (" + detail + "): upgrade this process");
    }

    public Reason reason() {
        return reason;
    }
}
