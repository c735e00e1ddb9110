// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.protocol.FetchedRecords;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final FetchKey A = new FetchKey("", TOPIC, 0);
    private static final FetchKey B = new FetchKey("", TOPIC, 1);

    private final FetchSessions sessions = new FetchSessions(2, Duration.ofNanos(100), new Random(3));

    @Test
    void aFullRequestBeginsASessionAndTheNextOneAsksForChangesOnly() {
        int id = begun(want(A, 0), want(B, 0));

        FetchPlan.Incremental plan = (FetchPlan.Incremental) next(id, 1, List.of(want(A, 5)), List.of());

        assertThat(plan.tail().claim()).containsExactly(want(A, 5), want(B, 0));
        assertThat(plan.epoch()).isEqualTo(2);
    }

    @Test
    void onlyNewsIsAnswered() {
        int id = begun(want(A, 0), want(B, 0));
        FetchPlan.Incremental plan = (FetchPlan.Incremental) next(id, 1, List.of(), List.of());

        Map<FetchKey, PartitionData> answers = new LinkedHashMap<>();
        answers.put(A, empty(10));
        answers.put(B, empty(11));

        assertThat(sessions.news(plan, answers).orElseThrow()).containsOnlyKeys(B);
    }

    @Test
    void whatFollowsAnErrorIsNews() {
        int id = begun(want(A, 0));
        FetchPlan.Incremental first = (FetchPlan.Incremental) next(id, 1, List.of(), List.of());
        sessions.news(first, Map.of(A, empty(10).setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())));

        FetchPlan.Incremental second = (FetchPlan.Incremental) next(id, 2, List.of(), List.of());

        assertThat(sessions.news(second, Map.of(A, empty(10))).orElseThrow()).containsOnlyKeys(A);
    }

    @Test
    void forgettingEverythingEndsTheSession() {
        int id = begun(want(A, 0));

        assertThat(next(id, 1, List.of(), List.of(A))).isEqualTo(new FetchPlan.Sessionless(List.of()));
        assertThat(sessions.size()).isZero();
    }

    @Test
    void aWrongEpochAnUnknownSessionAndAChangeOfNamingAreRefused() {
        int id = begun(want(A, 0));

        assertThat(next(id, 2, List.of(), List.of()))
                .isEqualTo(new FetchPlan.Refused(Errors.INVALID_FETCH_SESSION_EPOCH));
        assertThat(next(id + 1, 1, List.of(), List.of()))
                .isEqualTo(new FetchPlan.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(sessions.plan(new FetchMetadata(id, 1), false, List.of(), List.of(), 0))
                .isEqualTo(new FetchPlan.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR));
    }

    @Test
    void aSessionThatMovedOnAnswersNothing() {
        int id = begun(want(A, 0));
        FetchPlan.Incremental first = (FetchPlan.Incremental) next(id, 1, List.of(), List.of());
        next(id, 2, List.of(), List.of());

        assertThat(sessions.news(first, Map.of(A, empty(10)))).isEmpty();
    }

    @Test
    void anOldSessionMakesRoomAndAYoungOneDoesNot() {
        assertThat(begin(0, want(A, 0))).isNotZero();
        assertThat(begin(50, want(A, 0))).isNotZero();

        assertThat(begin(99, want(A, 0))).isZero();
        assertThat(begin(120, want(A, 0))).isNotZero();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void theFinalEpochClosesTheSession() {
        int id = begun(want(A, 0));

        sessions.plan(new FetchMetadata(id, FetchMetadata.FINAL_EPOCH), true, List.of(), List.of(), 0);

        assertThat(sessions.size()).isZero();
    }

    private int begun(Wanted... wanted) {
        return begin(0, wanted);
    }

    private int begin(long now, Wanted... wanted) {
        FetchPlan.Full plan =
                (FetchPlan.Full) sessions.plan(FetchMetadata.INITIAL, true, List.of(wanted), List.of(), now);
        Map<FetchKey, PartitionData> answers = new LinkedHashMap<>();
        plan.wanted().forEach(want -> answers.put(want.key(), empty(10)));
        return sessions.begin(plan, new FetchTail(new FetchWaits(), plan.wanted()), answers, now);
    }

    private FetchPlan next(int id, int epoch, List<Wanted> changes, List<FetchKey> forgotten) {
        return sessions.plan(new FetchMetadata(id, epoch), true, changes, forgotten, 0);
    }

    private static Wanted want(FetchKey key, long offset) {
        return new Wanted(key, offset, 1000, -1);
    }

    private static PartitionData empty(long highWatermark) {
        return FetchedRecords.attach(new PartitionData().setHighWatermark(highWatermark), List.of());
    }
}
