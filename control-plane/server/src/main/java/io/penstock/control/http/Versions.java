// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.api.Resource;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;

/// ETags: `"<resource version>"`, strong.
final class Versions {
    private static final Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");

    private Versions() {}

    static String etag(long version) {
        return "\"" + version + "\"";
    }

    static String etag(Resource<?, ?> resource) {
        return "\"" + resource.metadata().resourceVersion() + "\"";
    }

    /// The version the caller thinks is there; empty if they do not care.
    static OptionalLong expected(HttpServletRequest request) {
        var header = request.getHeader("If-Match");
        if (header == null || header.strip().equals("*")) {
            return OptionalLong.empty();
        }
        var match = ETAG.matcher(header.strip());
        if (!match.matches()) {
            throw ProblemException.of(
                    ProblemCode.INVALID_ARGUMENT, "If-Match takes one ETag as this API gives it, for example \"17\".");
        }
        return OptionalLong.of(Long.parseLong(match.group(1)));
    }

    /// An answer with its ETag. (A GET with the same ETag in `If-None-Match` becomes 304 in Spring.)
    static <S, T> ResponseEntity<Resource<S, T>> ok(Resource<S, T> resource) {
        return ResponseEntity.ok().eTag(etag(resource)).body(resource);
    }

    /// An answer whose status follows other things than the resource's version: with its ETag for `If-Match`, but
    /// never a 304, because the same version may have another status.
    static <S, T> ResponseEntity<Resource<S, T>> live(Resource<S, T> resource, HttpServletRequest request) {
        var response = ResponseEntity.ok();
        if (request.getHeader("If-None-Match") == null) {
            response.eTag(etag(resource));
        }
        return response.body(resource);
    }
}
