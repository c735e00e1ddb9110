// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.problem;

import io.penstock.api.Problem;
import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request cannot be answered, for a reason the caller should know. Every module throws this; the `http` module
/// writes it as a problem document, and admin calls by brokers turn it into a Kafka error.
public final class ProblemException extends RuntimeException {
    private final ProblemCode code;
    private final transient Details details;

    /// What the document says beyond code and detail.
    private record Details(
            List<FieldProblem> errors,
            Optional<String> requiredPermission,
            Optional<String> existingId,
            List<ResourceRef> blocking,
            Optional<String> currentVersion,
            Optional<String> kafkaError,
            Map<String, Object> facts) {
        static final Details NONE = new Details(
                List.of(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Map.of());
    }

    private ProblemException(ProblemCode code, String detail, Details details) {
        super(detail);
        this.code = code;
        this.details = details;
    }

    public static ProblemException of(ProblemCode code, String detail) {
        return new ProblemException(code, detail, Details.NONE);
    }

    /// There is none, or the caller must not know that there is one: both read the same.
    public static ProblemException notFound(String kind, String id) {
        return of(ProblemCode.NOT_FOUND, "There is no " + kind + " '" + id + "'.");
    }

    public static ProblemException alreadyExists(String kind, String name, String existingId) {
        return new ProblemException(
                ProblemCode.ALREADY_EXISTS,
                "There is a " + kind + " named '" + name + "' already: choose another name, or use " + existingId + ".",
                new Details(
                        List.of(),
                        Optional.empty(),
                        Optional.of(existingId),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
    }

    public static ProblemException notEmpty(String detail, List<ResourceRef> blocking) {
        return new ProblemException(
                ProblemCode.NOT_EMPTY,
                detail,
                new Details(
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.copyOf(blocking),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
    }

    public static ProblemException permissionDenied(String permission) {
        return new ProblemException(
                ProblemCode.PERMISSION_DENIED,
                "This credential lacks the permission '" + permission + "'.",
                new Details(
                        List.of(),
                        Optional.of(permission),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
    }

    public static ProblemException versionConflict(long current) {
        return new ProblemException(
                ProblemCode.VERSION_CONFLICT,
                "If-Match does not name the present version " + current + ".",
                new Details(
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.of(Long.toString(current)),
                        Optional.empty(),
                        Map.of()));
    }

    /// One or more fields are wrong.
    public static ProblemException fields(ProblemCode code, List<FieldProblem> errors) {
        var first = errors.getFirst();
        var more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        return new ProblemException(
                code,
                first.pointer() + ": " + first.detail() + more,
                new Details(
                        List.copyOf(errors),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
    }

    public static ProblemException field(String pointer, String fieldCode, String detail) {
        return fields(ProblemCode.VALIDATION_FAILED, List.of(new FieldProblem(pointer, fieldCode, detail)));
    }

    /// The same problem, with the name Kafka gives it.
    public ProblemException asKafkaError(String name) {
        return new ProblemException(
                code,
                detail(),
                new Details(
                        details.errors,
                        details.requiredPermission,
                        details.existingId,
                        details.blocking,
                        details.currentVersion,
                        Optional.of(name),
                        details.facts));
    }

    /// The same problem, with more facts.
    public ProblemException with(Map<String, Object> facts) {
        return new ProblemException(
                code,
                detail(),
                new Details(
                        details.errors,
                        details.requiredPermission,
                        details.existingId,
                        details.blocking,
                        details.currentVersion,
                        details.kafkaError,
                        Map.copyOf(facts)));
    }

    /// The problem as its document.
    ///
    /// @param instance path of what it happened to
    public Problem document(String instance, String requestId) {
        return new Problem(
                code.type(),
                code.title(),
                code.status(),
                detail(),
                instance,
                code.code(),
                requestId,
                code.retryable(),
                details.errors,
                code.remedy().advice(),
                code.type(),
                details.requiredPermission.orElse(null),
                details.existingId.orElse(null),
                details.blocking.isEmpty() ? null : details.blocking,
                details.currentVersion.orElse(null),
                details.kafkaError.orElse(null),
                details.facts.isEmpty() ? null : details.facts);
    }

    public ProblemCode code() {
        return code;
    }

    public String detail() {
        var message = getMessage();
        return message == null ? "" : message;
    }

    public Optional<String> kafkaError() {
        return details.kafkaError;
    }
}
