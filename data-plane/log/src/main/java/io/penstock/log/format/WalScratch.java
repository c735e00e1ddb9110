// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;

/// The buffer in which one WAL's slots are filled, one after the other: slots differ a thousandfold in size, and a
/// guess would be paid for with memory that is cleared, collected, or copied when it was too small. Who fills two at
/// once gets another buffer for the second. Not safe for several threads.
public final class WalScratch {
    private static final int LEAST = 512;

    /// Softly: a WAL that was busy once must not hold megabytes for ever.
    private SoftReference<ByteBuffer> spare = new SoftReference<>(null);

    ByteBuffer take() {
        ByteBuffer buffer = spare.get();
        spare = new SoftReference<>(null);
        return buffer == null ? ByteBuffer.allocate(LEAST) : buffer.clear();
    }

    void giveBack(ByteBuffer buffer) {
        spare = new SoftReference<>(buffer);
    }
}
