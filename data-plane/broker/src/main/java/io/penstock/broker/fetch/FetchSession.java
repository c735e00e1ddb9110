// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;

/// What one consumer wants of this broker, so that its requests and our answers carry changes only (KIP-227).
/// Not thread-safe: [FetchSessions] guards it.
final class FetchSession {
    private static final long NEVER_TOLD = -2;

    private final int id;
    private final boolean byTopicId;
    private final FetchTail tail;
    private final Map<FetchKey, Told> told = new HashMap<>();
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private long usedAtNanos;

    /// What the consumer was last told of a partition.
    private static final class Told {
        private long highWatermark = NEVER_TOLD;
        private long logStartOffset = NEVER_TOLD;

        /// Whether the answer has news; notes it as told.
        boolean isNews(PartitionData answer) {
            boolean news = FetchResponse.recordsSize(answer) > 0
                    || answer.highWatermark() != highWatermark
                    || answer.logStartOffset() != logStartOffset
                    || answer.errorCode() != Errors.NONE.code();
            highWatermark = answer.highWatermark();
            logStartOffset = answer.logStartOffset();
            if (answer.errorCode() != Errors.NONE.code()) {
                // What follows an error is always news.
                highWatermark = NEVER_TOLD;
            }
            return news;
        }
    }

    FetchSession(int id, boolean byTopicId, FetchTail tail, Collection<Wanted> wanted, long nowNanos) {
        this.id = id;
        this.byTopicId = byTopicId;
        this.tail = tail;
        usedAtNanos = nowNanos;
        wanted.forEach(want -> told.put(want.key(), new Told()));
    }

    int id() {
        return id;
    }

    boolean byTopicId() {
        return byTopicId;
    }

    /// The epoch that the next request must carry.
    int epoch() {
        return epoch;
    }

    long usedAtNanos() {
        return usedAtNanos;
    }

    int size() {
        return told.size();
    }

    FetchTail tail() {
        return tail;
    }

    /// Takes the changes of the next request.
    void change(Collection<Wanted> added, Collection<FetchKey> forgotten, long nowNanos) {
        added.forEach(want -> told.computeIfAbsent(want.key(), key -> new Told()));
        forgotten.forEach(told::remove);
        tail.change(added, forgotten);
        epoch = FetchMetadata.nextEpoch(epoch);
        usedAtNanos = nowNanos;
    }

    /// Leaves what is news to the consumer, and notes it as told.
    Map<FetchKey, PartitionData> news(Map<FetchKey, PartitionData> answers) {
        Map<FetchKey, PartitionData> news = new LinkedHashMap<>();
        answers.forEach((key, answer) -> {
            Told before = told.get(key);
            if (before != null && before.isNews(answer)) {
                news.put(key, answer);
            }
        });
        return news;
    }
}
