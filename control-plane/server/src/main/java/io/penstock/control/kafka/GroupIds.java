// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import io.penstock.control.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// How ids of consumer groups stand in paths: as they are, or as `b64.` and their bytes in base64url. A
/// group may be
/// called whatever it likes, slashes included.
public final class GroupIds {
    private static final String ENCODED = "b64.";

    private GroupIds() {}

    /// The id that a path means.
    public static String ofPath(String segment) {
        if (!segment.startsWith(ENCODED)) {
            return segment;
        }
        try {
            return new String(
                    Base64.getUrlDecoder().decode(segment.substring(ENCODED.length())), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ProblemException.notFound("consumer group", segment);
        }
    }

    /// How the id is written in a path.
    public static String inPath(String id) {
        return id.matches("[A-Za-z0-9._~-]+") && !id.startsWith(ENCODED) && !id.matches("\\.+")
                ? id
                : ENCODED + Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    }
}
