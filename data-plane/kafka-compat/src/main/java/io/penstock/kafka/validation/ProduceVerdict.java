// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.validation;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// Whether the records of one partition in a produce request may be appended.
public sealed interface ProduceVerdict {
    /// @param batch one whole batch with base offset 0, its CRC right
    /// @param logAppendTime what was written into the batch if the topic uses log append time, else −1
    record Acceptable(ByteBuffer batch, int records, long logAppendTime, boolean idempotent, boolean transactional)
            implements ProduceVerdict {}

    /// @param recordErrors which records are to blame, if it is records (KIP-467)
    record Unacceptable(Errors error, String message, List<BadRecord> recordErrors) implements ProduceVerdict {
        public Unacceptable {
            recordErrors = List.copyOf(recordErrors);
        }
    }

    /// @param index of the record in its batch
    /// @param message empty if there is nothing to say beyond the error
    record BadRecord(int index, String message) {}
}
