// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Caller;
import io.penstock.control.http.IdempotencyKeys.Claim;
import io.penstock.control.http.IdempotencyKeys.Scope;
import io.penstock.control.http.IdempotencyKeys.StoredAnswer;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/// Answers the repetition of a POST as the first one was answered, when both carry the same `Idempotency-Key`.
///
/// Answers that say "try again" (5xx, 429) are not kept, so a retry completes the work.
@Component
class IdempotencyFilter extends OncePerRequestFilter {
    static final String HEADER = "Idempotency-Key";
    private static final String SECRET = IdempotencyFilter.class.getName() + ".secret";
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final List<String> KEPT_HEADERS = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.LOCATION,
            "Operation-Location",
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.ETAG);

    private final IdempotencyKeys keys;
    private final ProblemWriter problems;

    IdempotencyFilter(IdempotencyKeys keys, ProblemWriter problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /// Tells that the answer to this request holds a secret, and how it reads without it.
    static void secretBearing(HttpServletRequest request, Object withoutSecret) {
        request.setAttribute(SECRET, withoutSecret);
    }

    static String keyOf(HttpServletRequest request) {
        var key = request.getHeader(HEADER);
        return key == null ? "" : key;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !"POST".equals(request.getMethod()) || request.getHeader(HEADER) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null || !(authentication.getPrincipal() instanceof Caller caller)) {
            chain.doFilter(request, response);
            return;
        }
        var key = keyOf(request);
        if (key.length() < 8 || key.length() > 255 || !key.chars().allMatch(c -> c > 32 && c < 127)) {
            problems.write(
                    ProblemException.of(
                            ProblemCode.INVALID_ARGUMENT,
                            "An Idempotency-Key has 8 to 255 printable ASCII characters and no spaces."),
                    request,
                    response);
            return;
        }
        var body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            problems.write(
                    ProblemException.of(
                            ProblemCode.REQUEST_TOO_LARGE,
                            "A body sent with an Idempotency-Key has at most " + MAX_BODY_BYTES + " bytes."),
                    request,
                    response);
            return;
        }
        var query = request.getQueryString();
        var path = request.getRequestURI() + (query == null ? "" : "?" + query);
        var scope = new Scope(caller.id(), "POST " + path, key);
        switch (keys.claim(scope, body)) {
            case Claim.Replay(var answer) -> replay(answer, response);
            case Claim.InProgress _ ->
                problems.write(
                        ProblemException.of(
                                ProblemCode.REQUEST_IN_PROGRESS,
                                "The first request with this Idempotency-Key is still being answered."),
                        request,
                        response);
            case Claim.Reused _ ->
                problems.write(
                        ProblemException.of(
                                ProblemCode.IDEMPOTENCY_KEY_REUSED,
                                "This Idempotency-Key was sent with another body: draw a new one for a new request."),
                        request,
                        response);
            case Claim.Ours _ -> answer(scope, new ReadAgain(request, body), response, chain);
        }
    }

    private void answer(Scope scope, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var caching = new ContentCachingResponseWrapper(response);
        boolean kept = false;
        try {
            chain.doFilter(request, caching);
            int status = caching.getStatus();
            if (status < 500 && status != 429) {
                keys.keep(
                        scope,
                        new StoredAnswer(status, headersOf(caching), caching.getContentAsByteArray()),
                        request.getAttribute(SECRET));
                kept = true;
            }
        } finally {
            if (!kept) {
                keys.forget(scope);
            }
        }
        caching.copyBodyToResponse();
    }

    private static Map<String, String> headersOf(HttpServletResponse response) {
        var headers = new TreeMap<String, String>();
        for (var name : KEPT_HEADERS) {
            var value = response.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        var type = response.getContentType();
        if (type != null) {
            headers.put(HttpHeaders.CONTENT_TYPE, type);
        }
        return headers;
    }

    private static void replay(StoredAnswer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setHeader("Idempotent-Replayed", "true");
        response.getOutputStream().write(answer.body());
    }

    /// A request whose body was read once and can be read again.
    private static final class ReadAgain extends HttpServletRequestWrapper {
        private final byte[] body;

        ReadAgain(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            var bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("the body is at hand: read it");
                }

                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return bytes.read(target, offset, length);
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }
}
