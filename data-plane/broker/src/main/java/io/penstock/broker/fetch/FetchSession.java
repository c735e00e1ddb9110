// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final Map<FetchKey, Remembered> partitions = new LinkedHashMap<>();
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private long usedAtNanos;

    /// What is wanted of a partition, and what the consumer was last told of it.
    private static final class Remembered {
        private Wanted wanted;
        private long highWatermark = NEVER_TOLD;
        private long logStartOffset = NEVER_TOLD;

        Remembered(Wanted wanted) {
            this.wanted = wanted;
        }

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

    FetchSession(int id, boolean byTopicId, Collection<Wanted> wanted, long nowNanos) {
        this.id = id;
        this.byTopicId = byTopicId;
        usedAtNanos = nowNanos;
        wanted.forEach(want -> partitions.put(want.key(), new Remembered(want)));
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
        return partitions.size();
    }

    /// Takes the changes of the next request.
    void change(Collection<Wanted> added, Collection<FetchKey> forgotten, long nowNanos) {
        for (Wanted want : added) {
            Remembered known = partitions.get(want.key());
            if (known == null) {
                partitions.put(want.key(), new Remembered(want));
            } else {
                known.wanted = want;
            }
        }
        forgotten.forEach(partitions::remove);
        epoch = FetchMetadata.nextEpoch(epoch);
        usedAtNanos = nowNanos;
    }

    /// In the order in which they are to be read.
    List<Wanted> wanted() {
        List<Wanted> wanted = new ArrayList<>(partitions.size());
        partitions.values().forEach(remembered -> wanted.add(remembered.wanted));
        return wanted;
    }

    /// Leaves what is news to the consumer. A partition that had records is read last next time, so that each
    /// gets its turn when a response cannot hold all.
    Map<FetchKey, PartitionData> news(Map<FetchKey, PartitionData> answers) {
        Map<FetchKey, PartitionData> news = new LinkedHashMap<>();
        answers.forEach((key, answer) -> {
            Remembered remembered = partitions.get(key);
            if (remembered != null && remembered.isNews(answer)) {
                news.put(key, answer);
                if (FetchResponse.recordsSize(answer) > 0) {
                    partitions.remove(key);
                    partitions.put(key, remembered);
                }
            }
        });
        return news;
    }

    /// Notes what the answer to the first request tells.
    void told(Map<FetchKey, PartitionData> answers) {
        answers.forEach((key, answer) -> {
            Remembered remembered = partitions.get(key);
            if (remembered != null) {
                remembered.isNews(answer);
            }
        });
    }
}
