// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.lease.Lease;
import io.penstock.control.lease.Replica;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Passes requests to the API on to the active replica when this one stands by; answers come back as they are.
///
/// While no replica is active a request waits some seconds for the take-over. It is sent again only if it was never
/// received: whether a request that was cut off took effect is for the caller's `Idempotency-Key` to settle.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class ForwardToActive extends OncePerRequestFilter {
    private static final String SECRET = "X-Penstock-Replica";
    private static final String CALLER = "X-Penstock-Caller";
    private static final String URL = "X-Penstock-Url";
    private static final String STANDS_BY = "X-Penstock-Stands-By";
    private static final Set<String> OWN = Set.of("x-penstock-replica", "x-penstock-caller", "x-penstock-url");
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final int TRIES = 100;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int LARGEST_BODY = 64 << 20;

    private final Lease lease;
    private final ProblemWriter problems;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    ForwardToActive(Lease lease, ProblemWriter problems) {
        this.lease = lease;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/v1/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean passedOn = isFromReplica(request);
        if (lease.held() || (lease.epoch() > 0 && !passedOn)) {
            chain.doFilter(passedOn ? new PassedOn(request) : request, response);
        } else if (passedOn) {
            response.setHeader(STANDS_BY, "true");
            problems.write(away(), request, response);
        } else {
            forward(request, response);
        }
    }

    private static ProblemException away() {
        return ProblemException.of(
                ProblemCode.UNAVAILABLE, "No replica of the control plane is active at this moment.");
    }

    private boolean isFromReplica(HttpServletRequest request) {
        String shown = request.getHeader(SECRET);
        String secret = lease.secret();
        return shown != null
                && !secret.isEmpty()
                && MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }

    private void forward(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            problems.write(
                    ProblemException.of(ProblemCode.REQUEST_TOO_LARGE, "The body is larger than any that is taken."),
                    request,
                    response);
            return;
        }
        try {
            for (int attempt = 0; attempt < TRIES; attempt++) {
                Optional<Replica> active = lease.active()
                        .filter(replica -> !replica.httpAddress().isEmpty()
                                && !replica.id().equals(lease.self().id()));
                if (active.isPresent()) {
                    Optional<HttpResponse<InputStream>> answer = ask(active.get(), request, body);
                    if (answer.isPresent()) {
                        passBack(answer.get(), response);
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        } catch (CutOffException e) {
            problems.write(
                    ProblemException.of(
                            ProblemCode.UNAVAILABLE,
                            "The active replica went away while it answered; send the request again, with the same"
                                    + " Idempotency-Key if it has one."),
                    request,
                    response);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        problems.write(away(), request, response);
    }

    /// Nobody knows whether the request took effect.
    private static final class CutOffException extends IOException {
        private static final long serialVersionUID = 1;

        CutOffException(IOException cause) {
            super(cause);
        }
    }

    /// @return empty: it was not received, or not by the active replica
    private Optional<HttpResponse<InputStream>> ask(Replica active, HttpServletRequest request, byte[] body)
            throws IOException, InterruptedException {
        String query = request.getQueryString();
        var forwarded = HttpRequest.newBuilder(
                URI.create(active.httpAddress() + request.getRequestURI() + (query == null ? "" : "?" + query)));
        for (String name : Collections.list(request.getHeaderNames())) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!OF_ONE_CONNECTION.contains(lower) && !OWN.contains(lower)) {
                Collections.list(request.getHeaders(name)).forEach(value -> forwarded.header(name, value));
            }
        }
        forwarded
                .setHeader(RequestIdFilter.HEADER, RequestIdFilter.of(request))
                .setHeader(SECRET, lease.secret())
                .setHeader(CALLER, request.getRemoteAddr())
                .setHeader(URL, request.getRequestURL().toString())
                .method(request.getMethod(), BodyPublishers.ofByteArray(body));
        HttpResponse<InputStream> answer;
        try {
            answer = http.send(forwarded.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
                return Optional.empty();
            }
            throw new CutOffException(e);
        }
        if (answer.headers().firstValue(STANDS_BY).isPresent()) {
            answer.body().close();
            return Optional.empty();
        }
        return Optional.of(answer);
    }

    private static void passBack(HttpResponse<InputStream> answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.statusCode());
        answer.headers().map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("content-length") || !OF_ONE_CONNECTION.contains(lower)) {
                response.setHeader(name, values.getFirst());
                values.stream().skip(1).forEach(value -> response.addHeader(name, value));
            }
        });
        try (InputStream body = answer.body()) {
            var out = response.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush(); // events must not wait for more
            }
        }
    }

    /// The request as its sender made it, not as the replica that passed it on did.
    private static final class PassedOn extends HttpServletRequestWrapper {
        private final URI url;

        PassedOn(HttpServletRequest request) {
            super(request);
            url = URI.create(request.getHeader(URL));
        }

        @Override
        public String getRemoteAddr() {
            return getHeader(CALLER);
        }

        @Override
        public StringBuffer getRequestURL() {
            return new StringBuffer(url.toString());
        }

        @Override
        public String getScheme() {
            return url.getScheme();
        }

        @Override
        public String getServerName() {
            return url.getHost();
        }

        @Override
        public int getServerPort() {
            return url.getPort() >= 0 ? url.getPort() : getScheme().equals("https") ? 443 : 80;
        }
    }
}
