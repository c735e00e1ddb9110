// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Problem;
import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import io.penstock.control.metalog.MetalogConflictException;
import io.penstock.control.metalog.MetalogDetachedException;
import io.penstock.control.metalog.MetalogRefusedException;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/// Every failure leaves as a problem document, and none with a stack trace.
@RestControllerAdvice
class ProblemHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandlers.class);

    private final ProblemWriter problems;

    ProblemHandlers(ProblemWriter problems) {
        this.problems = problems;
    }

    @ExceptionHandler
    ResponseEntity<Problem> told(ProblemException problem, HttpServletRequest request) {
        return problems.response(problem, request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> unreadable(HttpMessageNotReadableException e, HttpServletRequest request) {
        if (e.getCause() instanceof JacksonException cause) {
            return told(JsonBodies.problem(cause), request);
        }
        return told(ProblemException.of(ProblemCode.INVALID_ARGUMENT, "The request needs a JSON body."), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> wrongType(MethodArgumentTypeMismatchException e, HttpServletRequest request) {
        return told(parameter(e.getName(), "invalid_value", "'" + e.getValue() + "' cannot be read"), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> missing(MissingServletRequestParameterException e, HttpServletRequest request) {
        return told(parameter(e.getParameterName(), "required", "this parameter is needed"), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> method(HttpRequestMethodNotSupportedException e, HttpServletRequest request) {
        var allowed = e.getSupportedHttpMethods();
        return told(
                ProblemException.of(
                        ProblemCode.METHOD_NOT_ALLOWED,
                        e.getMethod() + " is not answered here; allowed: " + (allowed == null ? "none" : allowed)),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> mediaType(HttpMediaTypeNotSupportedException e, HttpServletRequest request) {
        return told(
                ProblemException.of(
                        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                        "Send one of " + e.getSupportedMediaTypes() + " instead of " + e.getContentType() + "."),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> acceptable(HttpMediaTypeNotAcceptableException e, HttpServletRequest request) {
        return told(ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "Accept application/json."), request);
    }

    @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
    ResponseEntity<Problem> noSuchPath(Exception e, HttpServletRequest request) {
        return told(
                ProblemException.of(
                        ProblemCode.NOT_FOUND,
                        "There is nothing at " + request.getRequestURI() + "; /v1/openapi.yaml lists what there is."),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> changedMeanwhile(OptimisticLockingFailureException e, HttpServletRequest request) {
        return told(
                ProblemException.of(ProblemCode.VERSION_CONFLICT, "It was changed by somebody else meanwhile."),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> lostARace(DataIntegrityViolationException e, HttpServletRequest request) {
        LOG.info(
                "event=constraint_refused path={} cause={}",
                request.getRequestURI(),
                e.getMostSpecificCause().getMessage());
        return told(
                ProblemException.of(
                        ProblemCode.ALREADY_EXISTS,
                        "Somebody else made or changed the same thing at the same moment: read it again."),
                request);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        CannotAcquireLockException.class
    })
    ResponseEntity<Problem> databaseAway(Exception e, HttpServletRequest request) {
        LOG.warn("event=database_away path={} cause={}", request.getRequestURI(), e.toString());
        return told(
                ProblemException.of(ProblemCode.UNAVAILABLE, "The control plane's database does not answer."), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> later(CompletionException e, HttpServletRequest request) {
        return switch (e.getCause()) {
            case ProblemException problem -> told(problem, request);
            case MetalogConflictException conflict -> overtaken(conflict, request);
            case MetalogDetachedException detached -> detached(detached, request);
            case TimeoutException _ ->
                told(
                        ProblemException.of(
                                ProblemCode.UNAVAILABLE,
                                "The bucket does not answer. The change is noted and will be made when it does: read"
                                        + " again before you repeat it."),
                        request);
            case Exception other -> failed(other, request);
            case null, default -> failed(e, request);
        };
    }

    @ExceptionHandler
    ResponseEntity<Problem> overtaken(MetalogConflictException e, HttpServletRequest request) {
        return told(
                ProblemException.of(
                        ProblemCode.UNAVAILABLE,
                        "The change did not happen: the bucket holds another one in its place. Read again, then try"
                                + " again."),
                request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> detached(MetalogDetachedException e, HttpServletRequest request) {
        return told(ProblemException.of(ProblemCode.INVALID_STATE, String.valueOf(e.getMessage())), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> contradicts(MetalogRefusedException e, HttpServletRequest request) {
        return told(ProblemException.of(ProblemCode.INVALID_STATE, String.valueOf(e.getMessage())), request);
    }

    @ExceptionHandler
    ResponseEntity<Problem> failed(Exception e, HttpServletRequest request) {
        LOG.error("event=request_failed method={} path={}", request.getMethod(), request.getRequestURI(), e);
        return told(
                ProblemException.of(
                        ProblemCode.INTERNAL,
                        "Penstock failed to answer. The control plane's log has more under this request id."),
                request);
    }

    private static ProblemException parameter(String name, String code, String detail) {
        return ProblemException.fields(
                ProblemCode.INVALID_ARGUMENT, List.of(new FieldProblem("?" + name, code, detail)));
    }
}
