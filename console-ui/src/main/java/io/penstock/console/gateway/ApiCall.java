// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A request that changes something. A value: the same one is sent, and shown to people who would rather script it.
///
/// @param path below the service's address, encoded, with `/v1`
/// @param body JSON as maps, lists, texts and numbers; empty for none
public record ApiCall(Method method, String path, Map<String, ?> body) {
    /// How.
    public enum Method {
        POST,
        PUT,
        PATCH,
        DELETE
    }

    public static ApiCall post(String path, Map<String, ?> body) {
        return new ApiCall(Method.POST, path, body);
    }

    public static ApiCall put(String path, Map<String, ?> body) {
        return new ApiCall(Method.PUT, path, body);
    }

    /// @param body a merge patch (RFC 7396)
    public static ApiCall patch(String path, Map<String, ?> body) {
        return new ApiCall(Method.PATCH, path, body);
    }

    public static ApiCall delete(String path) {
        return new ApiCall(Method.DELETE, path, Map.of());
    }

    /// One piece of a path.
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
