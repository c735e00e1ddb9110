// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/// Opens the console's paths and only those; whatever guards the rest of the application stays as it is.
///
/// Who may see a view is decided in front of the view (`signin`), and what a key may do by the control plane: the
/// browser's cookie alone is never sent to the API.
@Configuration(proxyBeanMethods = false)
class ConsoleSecurity {
    private static final String[] PATHS = {"/", "/console", "/console/**", "/lumo/**", "/penstock/**"};

    @Bean
    @Order(1)
    SecurityFilterChain consoleIsServedToBrowsers(HttpSecurity http) {
        return http.securityMatcher(PATHS)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable) // Vaadin checks a token of its own in every request
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                        // Vaadin's loader is an inline script that evaluates what our server sends; nothing from
                        // anywhere else may run, and no other site may put the console into a frame.
                        .contentSecurityPolicy(csp -> csp.policyDirectives("default-src 'self';"
                                + " script-src 'self' 'unsafe-inline' 'unsafe-eval';"
                                + " style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
                                + " connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'")))
                .build();
    }
}
