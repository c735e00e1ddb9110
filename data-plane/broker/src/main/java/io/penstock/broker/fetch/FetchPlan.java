// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What a fetch request amounts to, with what its session remembers.
sealed interface FetchPlan {
    /// The session is not usable: the consumer begins anew.
    record Refused(Errors error) implements FetchPlan {}

    /// Answer everything; remember nothing.
    record Sessionless(List<Wanted> wanted) implements FetchPlan {}

    /// Answer everything; a session begins with the answer, if there is room.
    record Full(List<Wanted> wanted, boolean byTopicId) implements FetchPlan {}

    /// Answer what is news.
    ///
    /// @param epoch of the session after this request
    /// @param tail what the session wants, with the changes of this request
    record Incremental(int sessionId, int epoch, FetchTail tail) implements FetchPlan {}
}
