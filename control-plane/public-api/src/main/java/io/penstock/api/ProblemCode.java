// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every kind of problem the API tells (RFC 9457), each with its status and what the caller should do.
///
/// Codes are a contract: they are never renamed, and clients may act on them. `/v1/problems/{code}` shows this page
/// to people.
public enum ProblemCode {
    INVALID_ARGUMENT(400, "The request is not well formed", Remedy.CHANGE_THE_REQUEST),
    UNKNOWN_FIELD(400, "The request has a field that does not exist", Remedy.CHANGE_THE_REQUEST),
    UNAUTHENTICATED(401, "No valid credential was given", Remedy.SIGN_IN),
    PERMISSION_DENIED(403, "The credential does not allow this", Remedy.ASK_FOR_PERMISSION),
    NOT_FOUND(404, "There is no such thing, or it is not yours", Remedy.CHANGE_THE_REQUEST),
    METHOD_NOT_ALLOWED(405, "This resource does not answer to that method", Remedy.CHANGE_THE_REQUEST),
    NOT_ACCEPTABLE(406, "The answer cannot be given in that media type", Remedy.CHANGE_THE_REQUEST),
    ALREADY_EXISTS(409, "The name is taken", Remedy.CHANGE_THE_REQUEST),
    DELETION_PROTECTED(409, "It is protected from deletion", Remedy.CHANGE_ITS_STATE),
    NOT_EMPTY(409, "It still holds other things", Remedy.CHANGE_ITS_STATE),
    INVALID_STATE(409, "It cannot do that in its present phase", Remedy.CHANGE_ITS_STATE),
    REQUEST_IN_PROGRESS(409, "The same request is still being answered", Remedy.RETRY_LATER),
    VERSION_CONFLICT(412, "It changed since it was read", Remedy.READ_AGAIN),
    REQUEST_TOO_LARGE(413, "The request body is too large", Remedy.CHANGE_THE_REQUEST),
    UNSUPPORTED_MEDIA_TYPE(415, "The request body has another media type than is read here", Remedy.CHANGE_THE_REQUEST),
    VALIDATION_FAILED(422, "The request says something that cannot be", Remedy.CHANGE_THE_REQUEST),
    IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for another request", Remedy.CHANGE_THE_REQUEST),
    BUCKET_REFUSED(422, "The object store does not keep the promises Penstock needs", Remedy.CHANGE_THE_REQUEST),
    RATE_LIMITED(429, "Too many requests", Remedy.RETRY_LATER),
    QUOTA_EXCEEDED(429, "A limit is reached", Remedy.RETRY_LATER),
    INTERNAL(500, "Penstock failed to answer", Remedy.RETRY_LATER),
    UNAVAILABLE(503, "Something that is needed is away for the moment", Remedy.RETRY_LATER);

    /// What the caller should do about a problem.
    public enum Remedy {
        CHANGE_THE_REQUEST("Correct the request as the detail and the errors say; sending it again unchanged will"
                + " fail again."),
        SIGN_IN("Send an API key as `Authorization: Bearer psk_…`. The embedded default keeps one in its data"
                + " folder."),
        ASK_FOR_PERMISSION("Use a credential with the permission named in `required_permission`, or ask an"
                + " administrator for it."),
        CHANGE_ITS_STATE(
                "Change the state that stands in the way (the detail says which), then send the request" + " again."),
        READ_AGAIN("Read the resource again, repeat the change on its present version, and send its new ETag."),
        RETRY_LATER("Send the same request again after `Retry-After` seconds, with the same `Idempotency-Key` if it"
                + " has one.");

        private final String advice;

        Remedy(String advice) {
            this.advice = advice;
        }

        public String advice() {
            return advice;
        }
    }

    private final int status;
    private final String title;
    private final Remedy remedy;

    ProblemCode(int status, String title, Remedy remedy) {
        this.status = status;
        this.title = title;
        this.remedy = remedy;
    }

    /// As it stands in documents and URLs: lower case.
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ProblemCode> ofCode(String code) {
        return Arrays.stream(values())
                .filter(value -> value.code().equals(code))
                .findFirst();
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public Remedy remedy() {
        return remedy;
    }

    public boolean retryable() {
        return remedy == Remedy.RETRY_LATER;
    }

    /// The document's `type`.
    public String type() {
        return "/v1/problems/" + code();
    }
}
