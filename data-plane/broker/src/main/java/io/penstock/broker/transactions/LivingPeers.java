// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.ProgressListener;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.Incarnation;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// Gives a request up as soon as the metalog says that the asked incarnation is over: a frozen broker keeps its
/// connections, and its heir could answer long before the request's time-out.
public final class LivingPeers implements PeerBrokers, ProgressListener {
    private final PeerBrokers peers;
    private final Map<Long, Asked> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();

    private record Asked(Incarnation whom, CompletableFuture<AbstractResponse> answer) {}

    public LivingPeers(PeerBrokers peers) {
        this.peers = peers;
    }

    @Override
    public CompletableFuture<AbstractResponse> ask(Leader broker, AbstractRequest.Builder<?> request) {
        long number = requests.incrementAndGet();
        CompletableFuture<AbstractResponse> answer = new CompletableFuture<>();
        unanswered.put(number, new Asked(broker.incarnation(), answer));
        peers.ask(broker, request).whenComplete((response, failure) -> {
            unanswered.remove(number);
            if (failure == null) {
                answer.complete(response);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    @Override
    public void imageChanged(ImageChange change) {
        over(change.retired());
    }

    void over(Set<Incarnation> retired) {
        unanswered.forEach((number, asked) -> {
            if (retired.contains(asked.whom())) {
                unanswered.remove(number);
                asked.answer().completeExceptionally(new IOException("incarnation " + asked.whom() + " is over"));
            }
        });
    }
}
