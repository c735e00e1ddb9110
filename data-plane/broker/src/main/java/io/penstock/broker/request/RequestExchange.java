// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import java.util.function.BooleanSupplier;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/// One request and what is known around it.
///
/// Record batches in the body share the bytes of the network's buffer: they are valid until the future that
/// [RequestHandler#handle] returned is complete, or `bodyRead` was run.
///
/// @param sizeInBytes of the request's frame
/// @param receivedNanos when its last byte had come, by the runtime's monotonic clock
/// @param clientGone whether the connection has ended: nobody waits for the answer any more
/// @param bodyRead gives the network's buffer back before the answer is there; harmless to call more than once
public record RequestExchange(
        RequestContext context,
        AbstractRequest body,
        int sizeInBytes,
        long receivedNanos,
        BooleanSupplier clientGone,
        Runnable bodyRead) {

    public RequestHeader header() {
        return context.header;
    }

    /// Of the request; the version its answer is to be written in.
    public short version() {
        return context.apiVersion();
    }

    public KafkaPrincipal principal() {
        return context.principal;
    }

    public String clientId() {
        String id = context.clientId();
        return id == null ? "" : id;
    }

    public <T extends AbstractRequest> T body(Class<T> type) {
        return type.cast(body);
    }
}
