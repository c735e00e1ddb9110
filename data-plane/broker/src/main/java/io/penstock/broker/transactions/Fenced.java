// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import org.apache.kafka.common.protocol.Errors;

/// How a producer learns that it is shut out, by the version of its requests.
final class Fenced {
    private Fenced() {}

    /// Versions 0 and 1 of AddPartitionsToTxn, AddOffsetsToTxn and EndTxn do not know PRODUCER_FENCED (KIP-588).
    static Errors told(Errors error, short version) {
        return error == Errors.PRODUCER_FENCED && version < 2 ? Errors.INVALID_PRODUCER_EPOCH : error;
    }
}
