// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.ApiKeyService;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.user.TokenSignIn;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// Closed by default: without a valid key only liveness, readiness, the contract and the pages about
/// problems are
/// served. What a caller may do is decided by the modules, where the rules are.
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    @Bean
    SecurityFilterChain everythingNeedsAKey(
            HttpSecurity http,
            ApiKeyService keys,
            TokenSignIn signIn,
            ProblemWriter problems,
            RateLimitFilter rateLimit,
            IdempotencyFilter idempotency) {
        return http.csrf(AbstractHttpConfigurer::disable) // no cookies: a browser cannot be made to send a key
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.requestMatchers(
                                "/livez", "/readyz", "/v1/openapi.yaml", "/v1/problems", "/v1/problems/*")
                        .permitAll()
                        // The process's metrics tell of every tenant.
                        .requestMatchers("/metrics")
                        .access((authentication, _) ->
                                new AuthorizationDecision(authentication.get().getPrincipal() instanceof Caller caller
                                        && caller.may(Permission.METRICS_READ, new Scope.Organization())))
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(problems::unauthenticated)
                        .accessDeniedHandler(problems::denied))
                .addFilterBefore(new ApiKeyFilter(keys, signIn), AnonymousAuthenticationFilter.class)
                .addFilterAfter(rateLimit, ApiKeyFilter.class)
                .addFilterAfter(idempotency, AuthorizationFilter.class)
                .build();
    }

    // The filter belongs into the security chain, behind authentication; the container must not run it as well.
    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotencyOnlyBehindAuthentication(IdempotencyFilter filter) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    FilterRegistrationBean<RateLimitFilter> rateLimitOnlyBehindAuthentication(RateLimitFilter filter) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    /// What the firewall finds suspicious (an encoded slash, a control character) is told like everything
    /// else.
    @Bean
    RequestRejectedHandler suspiciousRequestsAreTold(ProblemWriter problems) {
        return (request, response, rejected) -> problems.write(
                ProblemException.of(
                        ProblemCode.INVALID_ARGUMENT,
                        "The URL has characters that are not taken: " + rejected.getMessage()),
                request,
                response);
    }

    // There are no users with passwords; without this, Spring Boot would invent one and log its password.
    @Bean
    UserDetailsService nobody() {
        return name -> {
            throw new UsernameNotFoundException("there are no users with passwords");
        };
    }
}
