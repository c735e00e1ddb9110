// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.kafka.transactions.TransactionDecision;
import io.penstock.kafka.transactions.TransactionStep;
import io.penstock.kafka.transactions.TransactionalId;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;

/// A request to change a transactional id, on its way through the coordinator.
abstract sealed class Ask {
    private static final long NOT_WAITING = Long.MIN_VALUE;

    final CompletableFuture<TransactionAnswer> answer = new CompletableFuture<>();
    /// Until when it may wait for the steps before it, by the monotonic clock.
    private long patienceEnds = NOT_WAITING;

    abstract TransactionDecision decide(TransactionalId id, OptionalLong freshProducerId);

    /// What is told when nothing had to change.
    TransactionAnswer unchanged(ProducerIdAndEpoch producer) {
        return TransactionAnswer.done(producer);
    }

    /// Whether it waits: the first time that it has to, its patience begins.
    boolean mayWait(long nowNanos, long patienceNanos) {
        if (patienceEnds == NOT_WAITING) {
            patienceEnds = nowNanos + patienceNanos;
        }
        return patienceEnds - nowNanos > 0;
    }

    final void waitsNoLongerThan(Ask earlier) {
        patienceEnds = earlier.patienceEnds;
    }

    void answer(TransactionAnswer with) {
        answer.complete(with);
    }

    /// A producer begins: may make the id.
    static final class Initialize extends Ask {
        private final Decide decide;

        Initialize(Decide decide) {
            this.decide = decide;
        }

        interface Decide {
            TransactionDecision of(TransactionalId id, OptionalLong freshProducerId);
        }

        @Override
        TransactionDecision decide(TransactionalId id, OptionalLong freshProducerId) {
            return decide.of(id, freshProducerId);
        }
    }

    /// Partitions are added.
    static final class Add extends Ask {
        final ProducerIdAndEpoch producer;
        final Set<TopicPartition> partitions;
        final TransactionVersion client;
        private final long nowMillis;

        Add(ProducerIdAndEpoch producer, Set<TopicPartition> partitions, TransactionVersion client, long nowMillis) {
            this.producer = producer;
            this.partitions = partitions;
            this.client = client;
            this.nowMillis = nowMillis;
        }

        /// Whether both may be one step.
        boolean goesWith(Add other) {
            return producer.equals(other.producer) && client == other.client;
        }

        Add with(Add other) {
            Set<TopicPartition> all = new HashSet<>(partitions);
            all.addAll(other.partitions);
            Add both = new Add(producer, all, client, nowMillis);
            both.waitsNoLongerThan(this);
            return both;
        }

        @Override
        TransactionDecision decide(TransactionalId id, OptionalLong freshProducerId) {
            return id.addPartitions(producer, partitions, client, nowMillis);
        }
    }

    /// The transaction ends.
    static final class End extends Ask {
        private final ProducerIdAndEpoch producer;
        private final boolean commit;
        private final TransactionVersion client;
        private final long nowMillis;

        End(ProducerIdAndEpoch producer, boolean commit, TransactionVersion client, long nowMillis) {
            this.producer = producer;
            this.commit = commit;
            this.client = client;
            this.nowMillis = nowMillis;
        }

        @Override
        TransactionDecision decide(TransactionalId id, OptionalLong freshProducerId) {
            return id.end(producer, commit, client, freshProducerId, nowMillis);
        }

        @Override
        TransactionAnswer unchanged(ProducerIdAndEpoch now) {
            return TransactionAnswer.done(client.supportsEpochBump() ? now : ProducerIdAndEpoch.NONE);
        }

        /// Told as soon as the decision is durable; the markers follow.
        TransactionAnswer prepared(TransactionStep completion) {
            return unchanged(completion.producer());
        }
    }

    /// The transaction was open for too long.
    static final class TimeOut extends Ask {
        private final TransactionVersion cluster;
        private final long nowMillis;

        TimeOut(TransactionVersion cluster, long nowMillis) {
            this.cluster = cluster;
            this.nowMillis = nowMillis;
        }

        @Override
        TransactionDecision decide(TransactionalId id, OptionalLong freshProducerId) {
            return id.abort(cluster, freshProducerId, nowMillis);
        }

        @Override
        boolean mayWait(long nowNanos, long patienceNanos) {
            return false; // it will be looked for again
        }
    }
}
