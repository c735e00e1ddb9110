// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;

/// What the bytes of one frame turned out to be.
public sealed interface ParsedFrame {
    /// A request of a version that is spoken here, or an ApiVersions request of a version that is not (which is
    /// to be answered all the same).
    ///
    /// @param keepsFrame whether the body shares the frame's bytes (record batches): the frame must then live
    /// as long as the request
    record Request(RequestContext context, AbstractRequest body, boolean keepsFrame) implements ParsedFrame {}

    /// Not a request: nothing sensible can follow on this connection, so close it.
    record Malformed(String reason) implements ParsedFrame {}
}
