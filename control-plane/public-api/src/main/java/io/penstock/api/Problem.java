// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A problem document (RFC 9457, `application/problem+json`).
///
/// @param requiredPermission with `permission_denied`: what the credential lacks
/// @param existingId with `already_exists`: who has the name
/// @param blocking with `not_empty`: what is in the way
/// @param currentVersion with `version_conflict`: the version that is there
/// @param kafkaError the name Kafka gives the same error, where it has one
/// @param facts further facts of this occurrence, for example a certification report
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        String code,
        String requestId,
        boolean retryable,
        List<FieldProblem> errors,
        String hint,
        String docs,
        @Nullable String requiredPermission,
        @Nullable String existingId,
        @Nullable List<ResourceRef> blocking,
        @Nullable String currentVersion,
        @Nullable String kafkaError,
        @Nullable Map<String, Object> facts) {

    /// One field that is wrong.
    ///
    /// @param pointer JSON pointer (RFC 6901) into the request body, or `?name` for a query parameter
    public record FieldProblem(String pointer, String code, String detail) {}
}
