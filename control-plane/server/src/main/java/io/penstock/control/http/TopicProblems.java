// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Problem.FieldProblem;
import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.topic.TopicResult;
import java.util.List;

/// Kafka's errors about topics, as problems.
final class TopicProblems {
    private TopicProblems() {}

    /// The result, or the problem it tells.
    static TopicResult unlessOk(TopicResult result) {
        if (result.ok()) {
            return result;
        }
        throw problem(result).asKafkaError(result.error().name());
    }

    private static ProblemException problem(TopicResult result) {
        return switch (result.error()) {
            case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID -> ProblemException.notFound("topic", result.name());
            case TOPIC_ALREADY_EXISTS -> ProblemException.of(ProblemCode.ALREADY_EXISTS, result.message());
            case INVALID_TOPIC_EXCEPTION -> field("/metadata/name", result);
            case INVALID_PARTITIONS -> field("/spec/partitions", result);
            case INVALID_REPLICATION_FACTOR -> field("/spec/replication_factor", result);
            case INVALID_CONFIG -> field("/spec/configs", result);
            case POLICY_VIOLATION -> ProblemException.of(ProblemCode.INVALID_STATE, result.message());
            default -> ProblemException.of(ProblemCode.VALIDATION_FAILED, result.message());
        };
    }

    private static ProblemException field(String pointer, TopicResult result) {
        return ProblemException.fields(
                ProblemCode.VALIDATION_FAILED,
                List.of(new FieldProblem(
                        pointer, result.error().name().toLowerCase(java.util.Locale.ROOT), result.message())));
    }
}
