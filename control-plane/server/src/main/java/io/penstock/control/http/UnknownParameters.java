// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Refuses query parameters that a change does not know. Above all `dry_run` where nothing can be tried dry: it must
/// never be ignored.
@Configuration(proxyBeanMethods = false)
class UnknownParameters implements WebMvcConfigurer, HandlerInterceptor {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // Lists check their own: what they know depends on the list.
        if (READS.contains(request.getMethod()) || !(handler instanceof HandlerMethod method)) {
            return true;
        }
        var known = known(method);
        for (var name : request.getParameterMap().keySet()) {
            if (!known.contains(name)) {
                throw Lists.parameter(
                        name,
                        "unknown_field",
                        "there is no such parameter; known here: "
                                + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
            }
        }
        return true;
    }

    private static List<String> known(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                .map(parameter -> {
                    var annotation =
                            AnnotatedElementUtils.getMergedAnnotation(parameter.getParameter(), RequestParam.class);
                    return annotation == null || annotation.name().isEmpty()
                            ? parameter.getParameter().getName()
                            : annotation.name();
                })
                .toList();
    }
}
