// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/// The fetch sessions of one cluster on one broker (KIP-227). They are warmth only: a consumer whose session is
/// gone asks for everything once. Thread-safe.
public final class FetchSessions {
    private final int maxSessions;
    private final Duration evictableAfter;
    private final RandomGenerator random;
    private final Map<Integer, FetchSession> sessions = new HashMap<>();

    /// @param evictableAfter a session unused for so long makes room for a new one
    public FetchSessions(int maxSessions, Duration evictableAfter, RandomGenerator random) {
        this.maxSessions = maxSessions;
        this.evictableAfter = evictableAfter;
        this.random = random;
    }

    /// As Kafka's `max.incremental.fetch.session.cache.slots` and its eviction time.
    public static FetchSessions withDefaults(RandomGenerator random) {
        return new FetchSessions(1000, Duration.ofMinutes(2), random);
    }

    synchronized FetchPlan plan(
            FetchMetadata metadata,
            boolean byTopicId,
            List<Wanted> wanted,
            Collection<FetchKey> forgotten,
            long nowNanos) {
        if (metadata.isFull()) {
            end(metadata.sessionId());
            return metadata.epoch() == FetchMetadata.FINAL_EPOCH
                    ? new FetchPlan.Sessionless(wanted)
                    : new FetchPlan.Full(wanted, byTopicId);
        }
        FetchSession session = sessions.get(metadata.sessionId());
        if (session == null) {
            return new FetchPlan.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.byTopicId() != byTopicId) {
            return new FetchPlan.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        if (session.epoch() != metadata.epoch()) {
            return new FetchPlan.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        session.change(wanted, forgotten, nowNanos);
        if (session.size() == 0) {
            end(session.id());
            return new FetchPlan.Sessionless(List.of());
        }
        return new FetchPlan.Incremental(session.id(), session.epoch(), session.tail());
    }

    private void end(int sessionId) {
        FetchSession session = sessions.remove(sessionId);
        if (session != null) {
            session.tail().close();
        }
    }

    /// Begins a session with the first answer.
    ///
    /// @param tail what that answer was read for; belongs to the session from now on, if there is room for it
    /// @return its id, or 0 if there is no room
    synchronized int begin(FetchPlan.Full plan, FetchTail tail, Map<FetchKey, PartitionData> answers, long nowNanos) {
        if (plan.wanted().isEmpty() || !makeRoom(nowNanos)) {
            return FetchMetadata.INVALID_SESSION_ID;
        }
        int id;
        do {
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        FetchSession session = new FetchSession(id, plan.byTopicId(), tail, plan.wanted(), nowNanos);
        session.news(answers);
        sessions.put(id, session);
        return id;
    }

    /// The part of the answers that the consumer does not know; empty if the session has moved on or is gone.
    synchronized Optional<Map<FetchKey, PartitionData>> news(
            FetchPlan.Incremental plan, Map<FetchKey, PartitionData> answers) {
        FetchSession session = sessions.get(plan.sessionId());
        return session == null || session.epoch() != plan.epoch()
                ? Optional.empty()
                : Optional.of(session.news(answers));
    }

    private boolean makeRoom(long nowNanos) {
        if (sessions.size() < maxSessions) {
            return true;
        }
        Optional<FetchSession> oldest =
                sessions.values().stream().min(Comparator.comparingLong(session -> session.usedAtNanos() - nowNanos));
        if (oldest.isEmpty() || nowNanos - oldest.get().usedAtNanos() < evictableAfter.toNanos()) {
            return false;
        }
        end(oldest.get().id());
        return true;
    }

    synchronized int size() {
        return sessions.size();
    }
}
