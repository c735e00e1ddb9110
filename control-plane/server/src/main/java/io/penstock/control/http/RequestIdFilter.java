// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/// Gives every request a name: the caller's `X-Request-Id` if it is a decent one, else a new id.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestIdFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(RequestIdFilter.class);
    static final String HEADER = "X-Request-Id";
    private static final String ATTRIBUTE = RequestIdFilter.class.getName();
    private static final Pattern DECENT = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private final IdGenerator ids;
    private final ProblemWriter problems;

    RequestIdFilter(IdGenerator ids, ProblemWriter problems) {
        this.ids = ids;
        this.problems = problems;
    }

    /// What fails before a controller has the request (finding the caller, idempotency keys) is told here.
    private void told(RuntimeException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        LOG.error("event=request_failed method={} path={}", request.getMethod(), request.getRequestURI(), e);
        if (response.isCommitted()) {
            throw e;
        }
        var away = e instanceof DataAccessException || e instanceof TransactionException;
        response.resetBuffer();
        problems.write(
                away
                        ? ProblemException.of(ProblemCode.UNAVAILABLE, "The control plane's database does not answer.")
                        : ProblemException.of(
                                ProblemCode.INTERNAL,
                                "Penstock failed to answer. The control plane's log has more under this request"
                                        + " id."),
                request,
                response);
    }

    static String of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String id ? id : "";
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var given = request.getHeader(HEADER);
        var id = given != null && DECENT.matcher(given).matches() ? given : ids.next(IdPrefix.REQUEST);
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(HEADER, id);
        MDC.put("request", id);
        try {
            chain.doFilter(request, response);
        } catch (RuntimeException e) {
            told(e, request, response);
        } finally {
            MDC.remove("request");
        }
    }
}
