// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.access.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.databind.json.JsonMapper;

/// When a caller may ask twice a second, and five times at once.
class RateLimitFilterTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final RateLimitFilter filter = new RateLimitFilter(
            new RateLimitSettings(2, 5),
            new ProblemWriter(JsonMapper.builder().build()),
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @AfterEach
    void nobodyCalls() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void everyAnswerTellsWhatIsLeft() throws Exception {
        var first = get("/v1/tenants");
        var second = get("/v1/tenants");

        assertThat(first.getStatus()).isEqualTo(200);
        assertThat(first.getHeader("X-RateLimit-Limit")).isEqualTo("5");
        assertThat(first.getHeader("X-RateLimit-Remaining")).isEqualTo("4");
        assertThat(first.getHeader("X-RateLimit-Reset")).isEqualTo("1");
        assertThat(second.getHeader("X-RateLimit-Remaining")).isEqualTo("3");
    }

    @Test
    void whoAsksForTooMuchIsToldWhenToComeAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            get("/v1/tenants");
        }

        var refused = get("/v1/tenants");
        assertThat(refused.getStatus()).isEqualTo(429);
        assertThat(refused.getContentType()).startsWith("application/problem+json");
        assertThat(refused.getContentAsString()).contains("rate_limited");
        assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
        assertThat(refused.getHeader("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(refused.getHeader("X-RateLimit-Reset")).isEqualTo("3");

        now = now.plus(Duration.ofSeconds(1));
        assertThat(get("/v1/tenants").getStatus()).isEqualTo(200);
    }

    @Test
    void callersDoNotShareTheirLimits() throws Exception {
        for (int i = 0; i < 6; i++) {
            get("/v1/tenants");
        }
        SecurityContextHolder.getContext()
                .setAuthentication(UsernamePasswordAuthenticationToken.authenticated(Caller.SYSTEM, null, List.of()));

        assertThat(get("/v1/tenants").getStatus()).isEqualTo(200);
    }

    @Test
    void healthIsNotLimited() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(get("/readyz").getStatus()).isEqualTo(200);
        }
    }

    private MockHttpServletResponse get(String path) throws Exception {
        var response = new MockHttpServletResponse();
        filter.doFilter(new MockHttpServletRequest("GET", path), response, new MockFilterChain());
        return response;
    }
}
