// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.InvalidBatch;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.Checksum;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Checks record batches as their producers' checksums and headers tell.
final class Batches {
    /// Kafka's CRC of a batch, and the first byte that it covers.
    private static final int CRC_AT = 17;

    private static final int CRC_FROM = 21;

    private Batches() {}

    /// @return what is wrong with the batch; null if nothing is
    static @Nullable String problem(ByteBuffer object, BatchIndex row) {
        BatchHeader header;
        try {
            header = BatchHeader.at(object, row.position());
        } catch (InvalidBatch | IndexOutOfBoundsException e) {
            return "no batch at " + row.position() + ": " + e.getMessage();
        }
        if (header.sizeInBytes() != row.size()
                || header.baseOffset() != row.baseOffset()
                || header.lastOffset() != row.lastOffset()
                || header.leaderEpoch() != row.epoch().number()) {
            return "the batch at " + row.position() + " is not the one that the footer names: " + header;
        }
        return intact(object, header) ? null : "the batch at offset " + row.baseOffset() + " fails its own CRC";
    }

    static boolean intact(ByteBuffer object, BatchHeader header) {
        int from = header.position() + CRC_FROM;
        return Checksum.of(object, from, header.sizeInBytes() - CRC_FROM) == object.getInt(header.position() + CRC_AT);
    }
}
