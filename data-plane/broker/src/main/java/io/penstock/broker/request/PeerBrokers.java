// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.metadata.Leader;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// The brokers of one cluster, this one included, as servers of requests.
@FunctionalInterface
public interface PeerBrokers {
    /// The future fails if there is no answer: what was asked may have been done or not. Completes on any thread, which
    /// must not be made to wait.
    CompletableFuture<AbstractResponse> ask(Leader broker, AbstractRequest.Builder<?> request);
}
