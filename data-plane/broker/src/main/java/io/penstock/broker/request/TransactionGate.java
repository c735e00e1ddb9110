// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// Where the leader of a partition asks whether a transaction knows of it (KIP-890).
public interface TransactionGate {
    /// What a client of this generation expects.
    enum Generation {
        /// Adds partitions by itself, and knows no TRANSACTION_ABORTABLE.
        EARLY,
        /// Adds partitions by itself.
        ABORTABLE,
        /// Leaves it to the leaders to add partitions; its epoch grows with every transaction (transaction version 2).
        IMPLICIT;

        public static Generation ofProduce(short version) {
            return version >= 12 ? IMPLICIT : version == 11 ? ABORTABLE : EARLY;
        }

        public static Generation ofTxnOffsetCommit(int version) {
            return version >= 5 ? IMPLICIT : version == 4 ? ABORTABLE : EARLY;
        }
    }

    /// Asks the transaction's coordinator. Never fails; every partition has an answer, NONE if it is part of the
    /// transaction. Others are as producers expect them, except those that speak of the coordinator itself.
    CompletableFuture<Map<TopicPartition, Errors>> enlist(
            String transactionalId, ProducerIdAndEpoch producer, Set<TopicPartition> partitions, Generation generation);
}
