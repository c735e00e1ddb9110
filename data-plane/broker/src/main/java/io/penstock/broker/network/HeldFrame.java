// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/// A request's bytes, given back once, by whoever knows first that nobody reads them any more.
final class HeldFrame {
    private final ByteBuf frame;
    private final int size;
    private final RequestMemory memory;
    private final AtomicBoolean released = new AtomicBoolean();

    HeldFrame(ByteBuf frame, RequestMemory memory) {
        this.frame = frame;
        this.memory = memory;
        size = frame.readableBytes();
    }

    ByteBuffer bytes() {
        return frame.nioBuffer();
    }

    int size() {
        return size;
    }

    void release() {
        if (released.compareAndSet(false, true)) {
            frame.release();
            memory.released(size);
        }
    }
}
