// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.kafka.transactions.TransactionStep;
import io.penstock.kafka.transactions.TransactionalId;
import io.penstock.log.ClusterLog;
import io.penstock.log.PartitionRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One partition of the transaction log while its shard is led here: the ids that have their home in it. On the
/// coordinator's actor only; whoever comes back later finds by identity whether it is still the one.
final class LedPartition {
    /// Of doublings.
    private static final int LONGEST_PAUSE = 5;

    /// An id and what waits for it.
    static final class Entry {
        final TransactionalId id;
        final List<Ask> waiting = new ArrayList<>(0);
        /// The last step of a decided transaction, while markers are under way.
        @Nullable
        TransactionStep completion;

        private int pauses;

        Entry(TransactionalId id) {
            this.id = id;
        }

        /// How long to wait before the markers are tried again: longer every time.
        Duration nextPause(Duration first) {
            return first.multipliedBy(1L << Math.min(LONGEST_PAUSE, pauses++));
        }

        /// The last step is durable.
        void ended() {
            completion = null;
            pauses = 0;
        }
    }

    final PartitionRef ref;
    /// The shard's leader epoch, which is the coordinator's.
    final int epoch;
    final ClusterLog log;
    final Map<String, Entry> ids = new HashMap<>();
    boolean loaded;

    LedPartition(PartitionRef ref, int epoch, ClusterLog log) {
        this.ref = ref;
        this.epoch = epoch;
        this.log = log;
    }
}
