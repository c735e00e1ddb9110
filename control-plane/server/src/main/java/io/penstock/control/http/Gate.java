// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Lets through who has the permission that the contract names for the operation (`x-permission`), before
/// anything of
/// the request is read.
///
/// Below a cluster or a tenant the permission must hold there, and who does not see it gets the same 404 as
/// if there
/// were none. `x-scope: organization` wants it in the whole organization. For what else is named in a path
/// the services
/// look up whose it is. An operation of which the contract does not say who may use it is refused.
@Configuration(proxyBeanMethods = false)
class Gate implements WebMvcConfigurer, HandlerInterceptor {
    private final ClusterService clusters;
    private final Contract contract;

    Gate(ClusterService clusters, Contract contract) {
        this.clusters = clusters;
        this.contract = contract;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/v1/**").order(Ordered.HIGHEST_PRECEDENCE + 1);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod)) {
            return true; // what is not served is told as such
        }
        var pattern = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        var operation = contract.operation(request.getMethod(), pattern)
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.PERMISSION_DENIED, "The contract does not say who may do this."));
        operation
                .permission()
                .ifPresent(permission -> check(caller(), permission, operation.inOrganization(), request));
        return true;
    }

    private void check(Caller caller, Permission permission, boolean inOrganization, HttpServletRequest request) {
        var variables = variables(request);
        var cluster = variables.get("cluster");
        var tenant = variables.get("tenant");
        if (cluster != null) {
            var place = clusters.place(cluster)
                    .filter(found -> caller.sees(found.tenantId(), cluster))
                    .orElseThrow(() -> ProblemException.notFound("cluster", cluster));
            caller.require(permission, place);
        } else if (tenant != null && !caller.sees(tenant)) {
            throw ProblemException.notFound("tenant", tenant);
        } else if (inOrganization) {
            caller.requireInOrganization(permission);
        } else {
            caller.require(permission);
        }
    }

    private static Caller caller() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
            return caller;
        }
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "This needs a credential.");
    }

    private static Map<String, String> variables(HttpServletRequest request) {
        var found = new HashMap<String, String>();
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            variables.forEach((name, value) -> found.put(String.valueOf(name), String.valueOf(value)));
        }
        return found;
    }
}
