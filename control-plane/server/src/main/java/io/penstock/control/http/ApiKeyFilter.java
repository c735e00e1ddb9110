// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.control.access.ApiKeyService;
import io.penstock.control.access.Caller;
import io.penstock.control.user.TokenSignIn;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/// Finds out who calls: `Authorization: Bearer` with an API key (`psk_…`) or a token of an identity
/// provider, or Basic
/// with the key as the password (any user name), for tools that know nothing else.
final class ApiKeyFilter extends OncePerRequestFilter {
    private final ApiKeyService keys;
    private final TokenSignIn signIn;

    ApiKeyFilter(ApiKeyService keys, TokenSignIn signIn) {
        this.keys = keys;
        this.signIn = signIn;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        presented(request.getHeader("Authorization")).flatMap(this::caller).ifPresent(caller -> {
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(authenticated(caller));
            SecurityContextHolder.setContext(context);
        });
        chain.doFilter(request, response);
    }

    private Optional<Caller> caller(String presented) {
        return presented.startsWith("psk_") ? keys.authenticate(presented) : signIn.authenticate(presented);
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private static UsernamePasswordAuthenticationToken authenticated(Caller caller) {
        return UsernamePasswordAuthenticationToken.authenticated(caller, null, List.of());
    }

    private static Optional<String> presented(@org.jspecify.annotations.Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        var lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith("bearer ")) {
            return Optional.of(header.substring("bearer ".length()).strip());
        }
        if (lower.startsWith("basic ")) {
            try {
                var decoded = new String(
                        Base64.getDecoder()
                                .decode(header.substring("basic ".length()).strip()),
                        StandardCharsets.UTF_8);
                return Optional.of(decoded.substring(decoded.indexOf(':') + 1));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
