// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;

/// Answers the requests of one API for one cluster.
///
/// Requests of one connection are handed over one at a time, in the order in which they came, on a worker
/// thread: what must keep that order (appends) is to be begun before [#handle] returns. A handler may compute
/// there, but must not wait: whatever takes time completes the future later, on any thread.
public interface RequestHandler {
    ApiKeys api();

    /// A future that fails is answered with the request's own error response, and logged.
    CompletableFuture<Reply> handle(RequestExchange exchange);
}
