// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// @param producer who may go on with the transactional id; NONE where nobody is told
record TransactionAnswer(Errors error, ProducerIdAndEpoch producer) {
    static TransactionAnswer failed(Errors error) {
        return new TransactionAnswer(error, ProducerIdAndEpoch.NONE);
    }

    static TransactionAnswer done(ProducerIdAndEpoch producer) {
        return new TransactionAnswer(Errors.NONE, producer);
    }
}
