// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads what callers send, and says exactly which field is wrong when it cannot be read.
@Component
final class JsonBodies {
    private final JsonMapper json;

    JsonBodies(JsonMapper json) {
        this.json = json;
    }

    /// A part of a body.
    ///
    /// @param at JSON pointer of that part, put before those of what is wrong in it
    <T> T read(JsonNode part, Class<T> type, String at) {
        try {
            return json.treeToValue(part, type);
        } catch (JacksonException e) {
            throw problem(e, at);
        }
    }

    /// The document after a merge patch (RFC 7396): what is null in the patch goes, what is absent stays.
    <T> T patched(Object current, JsonNode patch, Class<T> type) {
        if (!patch.isObject()) {
            throw ProblemException.of(ProblemCode.INVALID_ARGUMENT, "A merge patch is a JSON object (RFC 7396).");
        }
        try {
            return json.treeToValue(merge(json.valueToTree(current), patch), type);
        } catch (JacksonException e) {
            throw problem(e);
        }
    }

    private JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        var result = target instanceof ObjectNode object ? object.deepCopy() : json.createObjectNode();
        for (var change : changes.properties()) {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                var before = result.get(change.getKey());
                result.set(
                        change.getKey(), merge(before == null ? json.createObjectNode() : before, change.getValue()));
            }
        }
        return result;
    }

    static ProblemException problem(JacksonException e) {
        return problem(e, "");
    }

    private static ProblemException problem(JacksonException e, String at) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return field(
                    ProblemCode.UNKNOWN_FIELD,
                    at + pointer(unknown),
                    "unknown_field",
                    "there is no such field; known here: "
                            + (unknown.getKnownPropertyIds() == null
                                    ? "none"
                                    : unknown.getKnownPropertyIds().stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .collect(Collectors.joining(", "))));
        }
        if (e instanceof MismatchedInputException mismatch) {
            var target = mismatch.getTargetType();
            return field(
                    ProblemCode.INVALID_ARGUMENT,
                    at + pointer(mismatch),
                    "wrong_type",
                    "this is not a " + (target == null ? "fitting value" : wordFor(target)));
        }
        if (e instanceof DatabindException other) {
            return field(
                    ProblemCode.INVALID_ARGUMENT, at + pointer(other), "invalid_value", "this value cannot be read");
        }
        return ProblemException.of(
                ProblemCode.INVALID_ARGUMENT,
                "The body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ".");
    }

    private static ProblemException field(ProblemCode code, String pointer, String fieldCode, String detail) {
        return ProblemException.fields(code, List.of(new FieldProblem(pointer, fieldCode, detail)));
    }

    private static String pointer(DatabindException e) {
        return e.getPath().stream().map(JsonBodies::step).collect(Collectors.joining());
    }

    private static String step(Reference reference) {
        var name = reference.getPropertyName();
        return "/"
                + (name == null
                        ? Integer.toString(reference.getIndex())
                        : name.replace("~", "~0").replace("/", "~1"));
    }

    private static String wordFor(Class<?> type) {
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "whole number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "text";
        }
        if (type == java.time.Instant.class) {
            return "time such as 2026-01-31T12:00:00Z";
        }
        return type.isRecord() || java.util.Map.class.isAssignableFrom(type) ? "JSON object" : "fitting value";
    }
}
