// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.cleaning;

import io.penstock.kafka.producers.AbortedTransaction;
import java.util.List;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;

/// Our aborted transactions, told to Kafka's own bookkeeping of transactions during a cleaning.
final class Transactions {
    private Transactions() {}

    static CleanedTransactionMetadata of(List<AbortedTransaction> aborted) {
        CleanedTransactionMetadata transactions = new CleanedTransactionMetadata();
        transactions.addAbortedTransactions(aborted.stream()
                .map(one ->
                        new AbortedTxn(one.producerId(), one.firstOffset(), one.lastOffset(), one.lastStableOffset()))
                .toList());
        return transactions;
    }
}
