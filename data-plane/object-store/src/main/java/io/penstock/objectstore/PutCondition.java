// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// When a put may happen.
public sealed interface PutCondition {
    /// Whatever is there is replaced.
    record Always() implements PutCondition {}

    /// Only if nothing is there (`If-None-Match: *`, RFC 9110 section 13.1.2).
    record IfAbsent() implements PutCondition {}

    /// Only if exactly this version is there (`If-Match`, RFC 9110 section 13.1.1).
    record IfVersion(ObjectVersion version) implements PutCondition {}

    static PutCondition always() {
        return new Always();
    }

    static PutCondition ifAbsent() {
        return new IfAbsent();
    }

    static PutCondition ifVersion(ObjectVersion version) {
        return new IfVersion(version);
    }
}
