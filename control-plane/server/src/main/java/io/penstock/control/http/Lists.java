// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Ordering;
import io.penstock.control.resource.Page;
import io.penstock.control.secrets.SecretBox;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/// Paging: what a list request asks for, and how its pages hang together.
///
/// A page token is opaque, signed, and good for the query it was given for only.
@Component
final class Lists {
    private static final String ORDER_BY = "order_by";
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");
    private static final String LABEL = "page-token";
    private static final int DEFAULT_SIZE = 50;
    private static final int MAX_SIZE = 500;
    private static final int SIGNATURE_BYTES = 16;
    private static final Set<String> OWN_PARAMETERS = Set.of("page_size", "page_token", "include");

    private final SecretBox secrets;

    Lists(SecretBox secrets) {
        this.secrets = secrets;
    }

    /// Which page is asked for. A size beyond the limit is cut; a parameter nobody knows is refused.
    Page.Request request(HttpServletRequest request, String... filters) {
        return request(request, Set.of(), filters);
    }

    /// @param sortable fields that the list may be ordered by: `order_by=name,-created_at`
    Page.Request request(HttpServletRequest request, Set<String> sortable, String... filters) {
        var known = new ArrayList<>(Arrays.asList(filters));
        if (!sortable.isEmpty()) {
            known.addFirst(ORDER_BY);
        }
        for (var name : request.getParameterMap().keySet()) {
            if (!OWN_PARAMETERS.contains(name) && !known.contains(name)) {
                throw parameter(
                        name,
                        "unknown_field",
                        "there is no such parameter; known here: include, page_size, page_token"
                                + known.stream().map(filter -> ", " + filter).collect(Collectors.joining()));
            }
        }
        return new Page.Request(after(request), size(request), order(request, sortable));
    }

    /// Refuses parameters that nobody knows.
    void known(HttpServletRequest request, String... names) {
        for (var name : request.getParameterMap().keySet()) {
            if (!Arrays.asList(names).contains(name)) {
                throw parameter(
                        name, "unknown_field", "there is no such parameter; known here: " + String.join(", ", names));
            }
        }
    }

    /// A time; empty if it was not given.
    static Optional<Instant> time(HttpServletRequest request, String name) {
        var text = request.getParameter(name);
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var time = Instant.parse(text);
            if (time.isAfter(FIRST) && time.isBefore(LAST)) {
                return Optional.of(time);
            }
        } catch (DateTimeParseException e) {
            throw badTime(name);
        }
        throw badTime(name);
    }

    private static ProblemException badTime(String name) {
        return parameter(name, "invalid_value", "a time such as 2026-01-31T12:00:00Z");
    }

    /// A whole number; what stands for it if it was not given.
    static long number(HttpServletRequest request, String name, long least, long most, long otherwise) {
        var text = request.getParameter(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("-?\\d{1,18}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw parameter(name, "out_of_range", least + ".." + most);
        }
        return Long.parseLong(text);
    }

    private static Ordering order(HttpServletRequest request, Set<String> sortable) {
        var text = request.getParameter(ORDER_BY);
        if (text == null || text.isEmpty()) {
            return Ordering.USUAL;
        }
        var keys = new ArrayList<Ordering.Key>();
        for (var part : text.split(",", -1)) {
            var descending = part.startsWith("-");
            var field = descending ? part.substring(1) : part;
            if (!sortable.contains(field)) {
                throw parameter(
                        ORDER_BY,
                        "unknown_value",
                        "fields to order by, with - for the other way: " + String.join(", ", new TreeSet<>(sortable)));
            }
            if (keys.stream().anyMatch(key -> key.field().equals(field))) {
                throw parameter(ORDER_BY, "invalid_value", "'" + field + "' stands there twice");
            }
            keys.add(new Ordering.Key(field, descending));
        }
        return new Ordering(keys);
    }

    <T, S, U> ResourceList<Resource<S, U>> list(
            String kind,
            HttpServletRequest request,
            Page<T> page,
            Function<T, Resource<S, U>> view,
            LongSupplier total) {
        return of(kind, request, page, view, () -> total.getAsLong());
    }

    <T, R> ResourceList<R> of(
            String kind, HttpServletRequest request, Page<T> page, Function<T, R> view, Supplier<Long> total) {
        var token = page.next().map(next -> token(request, next)).orElse(null);
        var include = request.getParameterValues("include");
        var wantsTotal = include != null && Arrays.asList(include).contains("total_size");
        return new ResourceList<>(
                Resource.API_VERSION,
                kind + "List",
                new ResourceList.ListMetadata(
                        token == null ? null : nextUrl(request, token), token, wantsTotal ? total.get() : null),
                page.items().stream().map(view).toList());
    }

    /// The value of a filter; empty if it was not given.
    static String filter(HttpServletRequest request, String name) {
        var value = request.getParameter(name);
        return value == null ? "" : value;
    }

    private static int size(HttpServletRequest request) {
        var text = request.getParameter("page_size");
        if (text == null) {
            return DEFAULT_SIZE;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) == 0) {
            throw parameter("page_size", "out_of_range", "1.." + MAX_SIZE);
        }
        return Math.min(Integer.parseInt(text), MAX_SIZE);
    }

    private String token(HttpServletRequest request, String next) {
        var after = next.getBytes(StandardCharsets.UTF_8);
        var token = Arrays.copyOf(signature(request, after), SIGNATURE_BYTES + after.length);
        System.arraycopy(after, 0, token, SIGNATURE_BYTES, after.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /// Behind what a page starts, as its token says; empty for the first page.
    String after(HttpServletRequest request) {
        var text = request.getParameter("page_token");
        if (text == null || text.isEmpty()) {
            return "";
        }
        try {
            var token = Base64.getUrlDecoder().decode(text);
            if (token.length > SIGNATURE_BYTES) {
                var after = Arrays.copyOfRange(token, SIGNATURE_BYTES, token.length);
                var signature = Arrays.copyOf(token, SIGNATURE_BYTES);
                if (MessageDigest.isEqual(signature, signature(request, after))) {
                    return new String(after, StandardCharsets.UTF_8);
                }
            }
        } catch (IllegalArgumentException e) {
            throw badToken();
        }
        throw badToken();
    }

    private static ProblemException badToken() {
        return parameter(
                "page_token",
                "invalid_value",
                "this token was not given for this query: start again without page_token, with the same filters");
    }

    private byte[] signature(HttpServletRequest request, byte[] after) {
        var message = new StringBuilder(request.getRequestURI());
        filters(request)
                .forEach((name, values) ->
                        message.append('\n').append(name).append('=').append(values));
        message.append('\n').append(Base64.getEncoder().encodeToString(after));
        return Arrays.copyOf(
                secrets.signature(LABEL, message.toString().getBytes(StandardCharsets.UTF_8)), SIGNATURE_BYTES);
    }

    private static Map<String, List<String>> filters(HttpServletRequest request) {
        var filters = new TreeMap<String, List<String>>();
        request.getParameterMap().forEach((name, values) -> {
            if (!OWN_PARAMETERS.contains(name)) {
                filters.put(name, List.of(values));
            }
        });
        return filters;
    }

    private static String nextUrl(HttpServletRequest request, String token) {
        var url = new StringBuilder(request.getRequestURL()).append('?');
        var parameters = new TreeMap<>(request.getParameterMap());
        parameters.put("page_token", new String[] {token});
        parameters.forEach((name, values) -> {
            for (var value : values) {
                url.append(url.charAt(url.length() - 1) == '?' ? "" : "&")
                        .append(UriUtils.encode(name, StandardCharsets.UTF_8))
                        .append('=')
                        .append(UriUtils.encode(value, StandardCharsets.UTF_8));
            }
        });
        return url.toString();
    }

    static ProblemException parameter(String name, String code, String detail) {
        return ProblemException.fields(
                ProblemCode.INVALID_ARGUMENT, List.of(new FieldProblem("?" + name, code, detail)));
    }
}
