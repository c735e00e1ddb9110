// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import org.apache.kafka.common.requests.AbstractResponse;

/// What becomes of a request.
public sealed interface Reply {
    record Answer(AbstractResponse response) implements Reply {}

    /// The client wants no answer (acks=0).
    ///
    /// @param throttleMillis how long its connection is not read, as an answer's throttle time
    record Silence(int throttleMillis) implements Reply {}

    /// The connection is closed: the only way to tell a client that expects no answer that something went
    /// wrong.
    record Hangup(String reason) implements Reply {}

    static Reply of(AbstractResponse response) {
        return new Answer(response);
    }
}
