// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authorization;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.metadata.ClusterImage;
import java.util.function.UnaryOperator;

/// What a request of one API needs. Looked at before its handler, on the same thread.
@FunctionalInterface
public interface AccessRule {
    Verdict judge(RequestExchange exchange, AccessControl access, ClusterImage image);

    /// What the handler gets to see.
    sealed interface Verdict {
        /// The request as it is now: parts that are not allowed were taken out of it.
        ///
        /// @param complete adds to the handler's answer what must be said about them
        record Admitted(UnaryOperator<Reply> complete) implements Verdict {}

        /// The handler is not asked.
        record Refused(Reply reply) implements Verdict {}
    }

    Verdict ADMITTED = new Verdict.Admitted(reply -> reply);

    /// Both must admit it; the first refusal is told.
    default AccessRule and(AccessRule other) {
        return (exchange, access, image) -> switch (judge(exchange, access, image)) {
            case Verdict.Refused refused -> refused;
            case Verdict.Admitted first ->
                switch (other.judge(exchange, access, image)) {
                    case Verdict.Refused(Reply reply) ->
                        new Verdict.Refused(first.complete().apply(reply));
                    case Verdict.Admitted second ->
                        new Verdict.Admitted(reply ->
                                first.complete().apply(second.complete().apply(reply)));
                };
        };
    }
}
