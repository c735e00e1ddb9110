// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.BatchIndex;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A durable batch of a partition's tail, and the slot it lies in.
public record TailBatch(BatchIndex index, TailSlot slot) {

    /// Its bytes, shared, as long as the slot is in memory.
    public Optional<ByteBuffer> bytesInMemory() {
        return Optional.ofNullable(slot.bytes(index.position(), index.size()));
    }
}
