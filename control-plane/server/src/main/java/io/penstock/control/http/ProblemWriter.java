// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Problem;
import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Turns a problem into its document.
@Component
class ProblemWriter {
    private final JsonMapper json;

    ProblemWriter(JsonMapper json) {
        this.json = json;
    }

    private static Problem document(ProblemException problem, HttpServletRequest request) {
        return problem.document(request.getRequestURI(), RequestIdFilter.of(request));
    }

    ResponseEntity<Problem> response(ProblemException problem, HttpServletRequest request) {
        var headers = new HttpHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (problem.code().retryable()) {
            headers.set(HttpHeaders.RETRY_AFTER, "1");
        }
        return ResponseEntity.status(problem.code().status()).headers(headers).body(document(problem, request));
    }

    /// For filters, which stand before the controllers' own way of answering.
    void write(ProblemException problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(problem.code().status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        if (problem.code().retryable() && response.getHeader(HttpHeaders.RETRY_AFTER) == null) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        response.getOutputStream().write(json.writeValueAsBytes(document(problem, request)));
    }

    void unauthenticated(HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"penstock\"");
        var detail = request.getHeader(HttpHeaders.AUTHORIZATION) == null
                ? "This needs an API key, or a token of an identity provider."
                : "The API key or token is not valid: it is misspelt, expired or revoked.";
        write(ProblemException.of(ProblemCode.UNAUTHENTICATED, detail), request, response);
    }

    void denied(HttpServletRequest request, HttpServletResponse response, AccessDeniedException cause)
            throws IOException {
        write(
                ProblemException.of(ProblemCode.PERMISSION_DENIED, "This credential does not allow that."),
                request,
                response);
    }
}
