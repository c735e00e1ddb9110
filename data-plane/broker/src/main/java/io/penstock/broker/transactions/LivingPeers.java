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

/// Gives a request up as soon as the metalog says that the asked incarnation is over: a frozen broker
/// keeps its connections, and its heir could answer long before the request's time-out.
public final class LivingPeers implements PeerBrokers, ProgressListener {
    private final PeerBrokers peers;
    private final Map<Long, Asked> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    /// Also for requests to leaders of an image that has just been replaced. One entry per broker that
    /// ended.
    private final Set<Incarnation> over = ConcurrentHashMap.newKeySet();

    private record Asked(Incarnation whom, CompletableFuture<AbstractResponse> answer) {}

    public LivingPeers(PeerBrokers peers) {
        this.peers = peers;
    }

    @Override
    public CompletableFuture<AbstractResponse> ask(Leader broker, AbstractRequest.Builder<?> request) {
        long number = requests.incrementAndGet();
        CompletableFuture<AbstractResponse> answer = new CompletableFuture<>();
        Asked asked = new Asked(broker.incarnation(), answer);
        unanswered.put(number, asked);
        if (over.contains(broker.incarnation())) {
            giveUp(number, asked);
            return answer;
        }
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
        over.addAll(retired);
        unanswered.forEach((number, asked) -> {
            if (retired.contains(asked.whom())) {
                giveUp(number, asked);
            }
        });
    }

    private void giveUp(long number, Asked asked) {
        unanswered.remove(number);
        asked.answer().completeExceptionally(new IOException("incarnation " + asked.whom() + " is over"));
    }
}
