// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Change;
import io.penstock.api.Resource;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Scope;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.event.EventService;
import io.penstock.control.event.EventService.Deed;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Notes everything that somebody did through this API, or was refused for want of a permission: who, what,
/// when, from
/// where, and what became different.
///
/// What is changed or deleted is read first, by the method that answers a GET of it, so that a difference is
/// what the
/// caller could have seen, and no secret is in it. The note is made before the answer leaves.
@Configuration(proxyBeanMethods = false)
@ControllerAdvice
class Audit implements WebMvcConfigurer, HandlerInterceptor, ResponseBodyAdvice<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String BEFORE = Audit.class.getName() + ".before";
    private static final String NOTED = Audit.class.getName() + ".noted";
    private static final int LONGEST = 300;

    private final EventService events;
    private final ClusterService clusters;
    private final DryRuns dryRuns;
    private final Contract contract;
    private final ObjectProvider<RequestMappingHandlerMapping> mapping;
    private final ObjectProvider<RequestMappingHandlerAdapter> adapter;
    private final JsonMapper json;

    Audit(
            EventService events,
            ClusterService clusters,
            DryRuns dryRuns,
            Contract contract,
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping,
            ObjectProvider<RequestMappingHandlerAdapter> adapter,
            JsonMapper json) {
        this.events = events;
        this.clusters = clusters;
        this.dryRuns = dryRuns;
        this.contract = contract;
        this.mapping = mapping;
        this.adapter = adapter;
        this.json = json;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // Around the gate: what it refuses is noted as well.
        registry.addInterceptor(this).addPathPatterns("/v1/**").order(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (isNoted(request) && Set.of("PATCH", "PUT", "DELETE").contains(request.getMethod())) {
            request.setAttribute(BEFORE, asItIs(request, response));
        }
        return true;
    }

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType selectedContentType,
            Class<? extends HttpMessageConverter<?>> selectedConverterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (request instanceof ServletServerHttpRequest incoming
                && response instanceof ServletServerHttpResponse outgoing) {
            note(incoming.getServletRequest(), outgoing.getServletResponse().getStatus(), body);
        }
        return body;
    }

    @Override
    public void postHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable ModelAndView view) {
        note(request, response.getStatus(), null);
    }

    private void note(HttpServletRequest request, int status, @Nullable Object body) {
        boolean denied = status == 403;
        if (!isNoted(request) || request.getAttribute(NOTED) != null || (!denied && (status < 200 || status > 299))) {
            return;
        }
        request.setAttribute(NOTED, true);
        var caller = caller();
        if (caller.isEmpty()) {
            return;
        }
        var before = request.getAttribute(BEFORE) instanceof JsonNode node ? node : MissingNode.getInstance();
        var resource = resource(request, before, body);
        JsonNode after = body instanceof Resource<?, ?> made ? json.valueToTree(made) : MissingNode.getInstance();
        events.done(new Deed(
                contract.deed(request.getMethod(), pattern(request)),
                place(resource, before, after, request),
                resource,
                caller.get().id(),
                caller.get().name(),
                denied ? "DENIED" : "SUCCEEDED",
                RequestIdFilter.of(request),
                request.getRemoteAddr(),
                shortened(request.getHeader("User-Agent")),
                denied ? List.of() : changes(before, after)));
    }

    private List<Change> changes(JsonNode before, JsonNode after) {
        return before.isMissingNode() && after.isMissingNode() ? List.of() : dryRuns.differences(before, after);
    }

    private static ResourceRef resource(HttpServletRequest request, JsonNode before, @Nullable Object body) {
        if (body instanceof Resource<?, ?> made) {
            return new ResourceRef(made.kind(), made.id(), made.metadata().self());
        }
        var path = request.getRequestURI();
        return new ResourceRef(before.path("kind").asString(""), path.substring(path.lastIndexOf('/') + 1), path);
    }

    private Scope place(ResourceRef resource, JsonNode before, JsonNode after, HttpServletRequest request) {
        var cluster = variable(request, "cluster")
                .or(() -> resource.id().startsWith("kc_") ? Optional.of(resource.id()) : Optional.empty());
        var place = cluster.flatMap(clusters::place);
        if (place.isPresent()) {
            return place.get();
        }
        var metadata = (after.isMissingNode() ? before : after).path("metadata");
        var tenant = Optional.of(metadata.path("tenant_id").asString(""))
                .filter(id -> !id.isEmpty())
                .or(() -> resource.id().startsWith("tn_") ? Optional.of(resource.id()) : Optional.empty())
                .or(() -> caller().flatMap(Caller::onlyTenant));
        return Scope.of(tenant, Optional.empty());
    }

    /// What a GET of the same path would answer now; missing if it would be refused.
    private JsonNode asItIs(HttpServletRequest request, HttpServletResponse response) {
        var get = new AsGet(request);
        var answer = new Kept(response);
        var attributes = Set.of(
                HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
        var kept = new HashMap<String, @Nullable Object>();
        attributes.forEach(name -> kept.put(name, request.getAttribute(name)));
        try {
            var chain = mapping.getObject().getHandler(get);
            if (chain == null || !(chain.getHandler() instanceof HandlerMethod method)) {
                return MissingNode.getInstance();
            }
            adapter.getObject().handle(get, answer, method);
            return answer.bytes.size() == 0 ? MissingNode.getInstance() : json.readTree(answer.bytes.toByteArray());
        } catch (Exception e) {
            LOG.debug("event=nothing_to_compare path={} cause={}", request.getRequestURI(), e.toString());
            return MissingNode.getInstance();
        } finally {
            kept.forEach(request::setAttribute);
        }
    }

    private static boolean isNoted(HttpServletRequest request) {
        return !READS.contains(request.getMethod()) && !"true".equals(request.getParameter(DryRuns.PARAMETER));
    }

    private static String pattern(HttpServletRequest request) {
        return String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
    }

    private static Optional<String> variable(HttpServletRequest request, String name) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                ? Optional.ofNullable(variables.get(name)).map(String::valueOf)
                : Optional.empty();
    }

    private static Optional<Caller> caller() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }

    private static String shortened(@Nullable String text) {
        return text == null ? "" : text.substring(0, Math.min(text.length(), LONGEST));
    }

    /// The request as a GET without conditions.
    private static final class AsGet extends HttpServletRequestWrapper {
        private static final Set<String> HIDDEN =
                Set.of("if-match", "if-none-match", "content-type", "content-length", "accept");

        AsGet(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getMethod() {
            return "GET";
        }

        @Override
        public @Nullable String getHeader(String name) {
            return HIDDEN.contains(name.toLowerCase(Locale.ROOT)) ? null : super.getHeader(name);
        }

        @Override
        public java.util.Enumeration<String> getHeaders(String name) {
            return HIDDEN.contains(name.toLowerCase(Locale.ROOT))
                    ? java.util.Collections.emptyEnumeration()
                    : super.getHeaders(name);
        }

        @Override
        public @Nullable String getContentType() {
            return null;
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            return Map.of();
        }

        @Override
        public @Nullable String getParameter(String name) {
            return null;
        }
    }

    /// Keeps what is written, and lets nothing reach the caller.
    private static final class Kept extends HttpServletResponseWrapper {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int status = SC_OK;

        Kept(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    throw new IllegalStateException("this is written at once");
                }

                @Override
                public void write(int b) {
                    bytes.write(b);
                }

                @Override
                public void write(byte[] source, int offset, int length) {
                    bytes.write(source, offset, length);
                }
            };
        }

        @Override
        public PrintWriter getWriter() {
            return new PrintWriter(bytes, false, StandardCharsets.UTF_8);
        }

        @Override
        public int getStatus() {
            return status;
        }

        @Override
        public void setStatus(int newStatus) {
            this.status = newStatus;
        }

        @Override
        public void setHeader(String name, String value) {}

        @Override
        public void addHeader(String name, String value) {}

        @Override
        public void setContentType(@Nullable String type) {}

        @Override
        public void setCharacterEncoding(@Nullable String charset) {}

        @Override
        public void setContentLength(int length) {}

        @Override
        public void setContentLengthLong(long length) {}

        @Override
        public void flushBuffer() {}

        @Override
        public boolean isCommitted() {
            return false;
        }
    }
}
