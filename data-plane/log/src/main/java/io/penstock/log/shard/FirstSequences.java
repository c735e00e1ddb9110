// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.TopicPartitionId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Has a producer that nobody here knows begin with its first batch.
///
/// A client keeps five batches on the way. Some may hang in a leader that froze while a later one reaches its heir:
/// if that were taken, those before it would be out of order for ever, and the client would send what it holds
/// again under another epoch. So who comes unknown, and not with sequence 0, is asked to come again, upon which
/// clients wait for what is still on the way: for as long as that may hang elsewhere, and once in any case. Then
/// the batch is taken, as Kafka does: the producer may have been silent for so long that it was forgotten. On the
/// actor.
final class FirstSequences {
    /// Clients wait 30 s for an answer (`request.timeout.ms`).
    private static final long HANGING_NANOS = Duration.ofSeconds(35).toNanos();

    private static final int REMEMBERED = 1000;

    private record Asked(TopicPartitionId partition, long producerId) {}

    private final Map<Asked, Boolean> asked = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    private long openedAt;

    /// The shard serves, since this monotonic time; from now on batches come here.
    void opened(long nanos) {
        openedAt = nanos;
    }

    /// Whether a batch that is not the first of an unknown producer has to come again.
    ///
    /// @param nanos monotonic
    boolean comesTooEarly(TopicPartitionId partition, long producerId, long nanos) {
        return nanos - openedAt < HANGING_NANOS || asked.put(new Asked(partition, producerId), true) == null;
    }
}
