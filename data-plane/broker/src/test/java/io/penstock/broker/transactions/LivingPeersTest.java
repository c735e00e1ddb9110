// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.junit.jupiter.api.Test;

class LivingPeersTest {
    private final CompletableFuture<AbstractResponse> fromTheNetwork = new CompletableFuture<>();
    private final LivingPeers peers = new LivingPeers((broker, request) -> fromTheNetwork);

    private CompletableFuture<AbstractResponse> asked(Incarnation whom) {
        return peers.ask(
                new Leader(1, "127.0.0.1", 1, new LeaderEpoch(3), whom), new WriteTxnMarkersRequest.Builder(List.of()));
    }

    @Test
    void whoIsOverIsNotWaitedFor() {
        Incarnation frozen = new Incarnation(1, 1);
        CompletableFuture<AbstractResponse> answer = asked(frozen);

        peers.over(Set.of(new Incarnation(2, 2)));
        assertThat(answer).isNotDone();
        peers.over(Set.of(frozen));

        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void whoAnswersIsHeard() {
        CompletableFuture<AbstractResponse> answer = asked(new Incarnation(1, 1));

        WriteTxnMarkersResponse response = new WriteTxnMarkersResponse(new HashMap<>());
        fromTheNetwork.complete(response);

        assertThat(answer).isCompletedWithValue(response);
    }
}
