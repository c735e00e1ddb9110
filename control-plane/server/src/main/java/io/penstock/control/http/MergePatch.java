// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

/// The media type of every PATCH (RFC 7396).
final class MergePatch {
    static final String MEDIA_TYPE = "application/merge-patch+json";

    private MergePatch() {}
}
