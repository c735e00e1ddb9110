// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import io.penstock.kafka.producers.TransactionTerms;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.KafkaException;

/// The partitions of the offsets topic, as the coordinator needs them.
///
/// For every partition there is one writer at a time: whoever was told [GroupCoordination#elected].
public interface GroupLog {
    /// Gives the batches their offsets and returns the log end offset after them. Called on a coordinator thread; must
    /// not wait for the store.
    ///
    /// @param batches copied before this returns
    /// @param terms of the transaction, if the batches belong to one
    /// @throws KafkaException NotLeaderOrFollowerException and its kin, if they got no place
    long append(int partition, ByteBuffer batches, TransactionTerms terms);

    /// Asks the coordinator of a transaction whether it knows of the partition, unless the transaction is open there.
    ///
    /// The future fails with a [KafkaException] if it does not, or cannot be asked.
    ///
    /// @param version of the TxnOffsetCommit request: from 5 on the partition is added to the transaction
    CompletableFuture<TransactionTerms> verify(
            int partition, String transactionalId, long producerId, short producerEpoch, int version);

    /// The batches from `offset` on, as far as they are durable.
    ///
    /// The future fails with a [KafkaException] if the partition is not led here or cannot be read.
    CompletableFuture<Page> read(int partition, long offset, int maxBytes);

    /// @param batches whole; the first may begin before the offset asked
    /// @param highWatermark where reading may stop
    record Page(List<ByteBuffer> batches, long logStartOffset, long highWatermark) {}
}
