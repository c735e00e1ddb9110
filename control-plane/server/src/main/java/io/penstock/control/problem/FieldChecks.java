// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.problem;

import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with a request, so that the caller learns all of it at once.
public final class FieldChecks {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern LABEL_KEY = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?");

    private final List<FieldProblem> problems = new ArrayList<>();

    public FieldChecks wrong(String pointer, String code, String detail) {
        problems.add(new FieldProblem(pointer, code, detail));
        return this;
    }

    public FieldChecks that(boolean right, String pointer, String code, String detail) {
        return right ? this : wrong(pointer, code, detail);
    }

    /// A name as all resources but topics have it: it can stand in host names.
    public String name(String pointer, @Nullable String name) {
        if (name == null || name.isBlank()) {
            wrong(pointer, "required", "give it a name");
            return "";
        }
        if (!NAME.matcher(name).matches()) {
            wrong(
                    pointer,
                    "invalid_name",
                    "1 to 63 lower-case letters, digits and hyphens; first and last a letter or digit");
        }
        return name;
    }

    public Map<String, String> labels(String pointer, @Nullable Map<String, String> labels) {
        if (labels == null) {
            return Map.of();
        }
        that(labels.size() <= 64, pointer, "too_many", "at most 64 labels");
        for (var entry : labels.entrySet()) {
            var at = pointer + "/" + entry.getKey().replace("~", "~0").replace("/", "~1");
            that(
                    LABEL_KEY.matcher(entry.getKey()).matches(),
                    at,
                    "invalid_label",
                    "a label's key has 1 to 63 letters, digits, '.', '_', '/' and '-'");
            that(
                    entry.getValue() != null && entry.getValue().length() <= 255,
                    at,
                    "invalid_label",
                    "a label's value is a text of at most 255 characters");
        }
        return problems.isEmpty() ? Map.copyOf(labels) : Map.of();
    }

    public String required(String pointer, @Nullable String value) {
        if (value == null || value.isBlank()) {
            wrong(pointer, "required", "this field is needed");
            return "";
        }
        return value;
    }

    public String text(String pointer, @Nullable String value, int maxLength) {
        if (value == null) {
            return "";
        }
        that(value.length() <= maxLength, pointer, "too_long", "at most " + maxLength + " characters");
        return value;
    }

    /// @param fallback what applies when the field is absent
    public int within(String pointer, @Nullable Integer value, int min, int max, int fallback) {
        if (value == null) {
            return fallback;
        }
        that(value >= min && value <= max, pointer, "out_of_range", min + ".." + max);
        return value;
    }

    /// The constant of that name, or the fallback when the field is absent or wrong (which is then noted).
    public <E extends Enum<E>> E oneOf(String pointer, @Nullable String value, Class<E> type, E fallback) {
        if (value == null) {
            return fallback;
        }
        for (var constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        wrong(pointer, "unknown_value", "one of " + List.of(type.getEnumConstants()));
        return fallback;
    }

    /// Ends the checks: throws when anything was wrong.
    public void done() {
        if (!problems.isEmpty()) {
            throw ProblemException.fields(ProblemCode.VALIDATION_FAILED, problems);
        }
    }
}
