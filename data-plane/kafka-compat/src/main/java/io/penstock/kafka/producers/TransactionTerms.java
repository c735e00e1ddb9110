// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import org.apache.kafka.storage.internals.log.VerificationGuard;

/// What an append says of its transaction (KIP-890).
///
/// @param guard that the transaction's coordinator was asked since the last marker, and knows of this partition
/// @param markerVersion transaction version of a marker, 0 to 2: from 2 on every transaction has an epoch of its own
public record TransactionTerms(VerificationGuard guard, short markerVersion) {
    /// Nobody was asked: such a batch is taken only by a transaction that is open in the partition.
    public static final TransactionTerms NONE = new TransactionTerms(VerificationGuard.SENTINEL, (short) 0);

    static TransactionTerms verifying(VerificationGuard guard) {
        return new TransactionTerms(guard, (short) 0);
    }

    public static TransactionTerms marker(short transactionVersion) {
        return new TransactionTerms(VerificationGuard.SENTINEL, transactionVersion);
    }
}
