// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// How many bytes a response may still take. Whole batches only; the first batch of the response always fits,
/// however large, so that every consumer gets on (KIP-74). Pure.
final class FetchBudget {
    private static final int LENGTH_AT = Long.BYTES;
    private static final int LENGTH_OVERHEAD = Long.BYTES + Integer.BYTES;

    private int left;
    private boolean nothingYet = true;

    FetchBudget(int maxBytes) {
        left = Math.max(0, maxBytes);
    }

    int left() {
        return left;
    }

    boolean nothingYet() {
        return nothingYet;
    }

    /// What had been taken is not sent after all.
    void giveBack(int bytes) {
        left = Math.addExact(left, bytes);
    }

    /// The leading batches that fit.
    ///
    /// @param read buffers that hold whole batches, one or more each
    List<ByteBuffer> take(List<ByteBuffer> read, int partitionMaxBytes) {
        List<ByteBuffer> taken = new ArrayList<>(read.size());
        int room = Math.min(left, Math.max(0, partitionMaxBytes));
        for (ByteBuffer buffer : read) {
            int fitting = fitting(buffer, room);
            if (fitting > 0) {
                taken.add(fitting == buffer.remaining() ? buffer : buffer.slice(buffer.position(), fitting));
                room -= fitting;
                left -= fitting;
                nothingYet = false;
            }
            if (fitting < buffer.remaining()) {
                break;
            }
        }
        left = Math.max(0, left);
        return taken;
    }

    private int fitting(ByteBuffer buffer, int room) {
        if (buffer.remaining() <= room) {
            return buffer.remaining();
        }
        int end = buffer.position();
        while (end + LENGTH_OVERHEAD <= buffer.limit()) {
            int next = end + LENGTH_OVERHEAD + buffer.getInt(end + LENGTH_AT);
            boolean fits = next - buffer.position() <= room || (nothingYet && end == buffer.position());
            if (!fits || next > buffer.limit()) {
                break;
            }
            end = next;
        }
        return end - buffer.position();
    }
}
