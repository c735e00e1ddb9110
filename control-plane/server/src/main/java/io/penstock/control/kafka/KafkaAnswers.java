// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;

/// Waits for brokers' answers, and tells their errors as problems.
final class KafkaAnswers {
    // Clients give up earlier by themselves.
    private static final long PATIENCE_SECONDS = 30;

    private KafkaAnswers() {}

    static <T> T of(Future<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw problem(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw ProblemException.of(ProblemCode.UNAVAILABLE, "The brokers did not answer in time.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProblemException.of(ProblemCode.UNAVAILABLE, "The control plane is going down.");
        }
    }

    /// What a broker's error means for who asked.
    static RuntimeException problem(Throwable cause) {
        if (!(cause instanceof ApiException error)) {
            return cause instanceof RuntimeException unexpected ? unexpected : new IllegalStateException(cause);
        }
        var code = switch (error) {
            case GroupIdNotFoundException _, UnknownTopicOrPartitionException _ -> ProblemCode.NOT_FOUND;
            case GroupNotEmptyException _, GroupSubscribedToTopicException _, UnknownMemberIdException _ ->
                ProblemCode.INVALID_STATE;
            case OffsetOutOfRangeException _, RecordTooLargeException _, InvalidTopicException _ ->
                ProblemCode.VALIDATION_FAILED;
            case RetriableException _ -> ProblemCode.UNAVAILABLE;
            default -> ProblemCode.INVALID_STATE;
        };
        return ProblemException.of(code, String.valueOf(error.getMessage()))
                .asKafkaError(Errors.forException(error).name());
    }
}
