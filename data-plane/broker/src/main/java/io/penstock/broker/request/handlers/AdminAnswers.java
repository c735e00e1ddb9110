// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ControlPlaneAway;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AdminResult;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The control plane's answers in Kafka's words.
///
/// A control plane that is away is told as NOT_CONTROLLER where Kafka's clients then ask again by themselves
/// until their own time is over, else as REQUEST_TIMED_OUT, which is retriable too.
final class AdminAnswers {
    private final Map<String, AdminResult> byName = new HashMap<>();
    private final @Nullable Errors away;

    private AdminAnswers(@Nullable Errors away) {
        this.away = away;
    }

    /// What one thing's part of the answer says.
    ///
    /// @param message null if there is nothing to say
    record Answer(Errors error, @Nullable String message) {}

    /// The client has changed too much of late; it may ask again after its pause.
    static final Answer BEYOND_QUOTA =
            new Answer(Errors.THROTTLING_QUOTA_EXCEEDED, Errors.THROTTLING_QUOTA_EXCEEDED.message());

    /// @param ifAway what everything asked gets if the control plane does not answer
    /// @param key by what a result is found again
    static CompletableFuture<AdminAnswers> of(
            CompletableFuture<AdminReply> reply, Errors ifAway, Function<AdminResult, String> key) {
        return reply.handle((answered, failure) -> {
            if (failure == null) {
                AdminAnswers answers = new AdminAnswers(null);
                answered.getResultsList().forEach(result -> answers.byName.put(key.apply(result), result));
                return answers;
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof ControlPlaneAway) {
                return new AdminAnswers(ifAway);
            }
            throw new CompletionException(cause);
        });
    }

    /// Nothing had to be asked.
    static CompletableFuture<AdminAnswers> none() {
        return CompletableFuture.completedFuture(new AdminAnswers(null));
    }

    Answer of(String key) {
        if (away != null) {
            return new Answer(away, "The control plane does not answer; nothing is lost, try again.");
        }
        AdminResult result = byName.get(key);
        if (result == null) {
            return new Answer(Errors.UNKNOWN_SERVER_ERROR, "The control plane said nothing about '" + key + "'.");
        }
        Errors error = errorOf(result.getError());
        return new Answer(error, result.getMessage().isEmpty() ? null : result.getMessage());
    }

    /// Only where [#of] said NONE.
    AdminResult result(String key) {
        AdminResult result = byName.get(key);
        if (result == null) {
            throw new IllegalStateException("no result for " + key);
        }
        return result;
    }

    private static Errors errorOf(String name) {
        for (Errors error : Errors.values()) {
            if (error.name().equals(name)) {
                return error;
            }
        }
        return Errors.UNKNOWN_SERVER_ERROR;
    }
}
