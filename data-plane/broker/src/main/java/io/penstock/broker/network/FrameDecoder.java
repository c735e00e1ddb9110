// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// Cuts the stream of bytes into frames: a length of four bytes, then so many bytes. Each frame is
/// gathered in a heap buffer of its own (the codecs and CRCs that follow work on arrays), so its bytes
/// are copied once.
///
/// A length that no request can have ends the connection: [FrameTooLarge] goes down the pipeline and
/// nothing is read any more.
final class FrameDecoder extends ChannelInboundHandlerAdapter {
    /// A client may announce much and send little: memory grows with what came, from here. Twenty
    /// thousand connections that send nothing but a length take 80 MiB.
    private static final int FIRST_CAPACITY = 4 << 10;

    private int maxFrameBytes;
    private int lengthBytesRead;
    private int length;
    private @Nullable ByteBuf frame;
    private boolean broken;

    /// A frame's announced length is not one that a request can have.
    static final class FrameTooLarge extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        FrameTooLarge(int length, int max) {
            this("a frame of " + Integer.toUnsignedLong(length) + " bytes was announced; at most " + max
                    + " are taken (or the client does not speak Kafka's protocol)");
        }

        private FrameTooLarge(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    FrameDecoder(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /// From the next frame on. On the event loop.
    void limit(int bytes) {
        maxFrameBytes = bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !broken) {
                read(ctx, in);
            }
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf in) {
        if (frame == null) {
            length = (length << 8) | in.readUnsignedByte();
            if (++lengthBytesRead < Integer.BYTES) {
                return;
            }
            lengthBytesRead = 0;
            if (length <= 0 || length > maxFrameBytes) {
                broken = true;
                ctx.fireExceptionCaught(new FrameTooLarge(length, maxFrameBytes));
                return;
            }
            frame = ctx.alloc().heapBuffer(Math.min(length, FIRST_CAPACITY), length);
        }
        ByteBuf gathering = frame;
        gathering.writeBytes(in, Math.min(in.readableBytes(), length - gathering.readableBytes()));
        if (gathering.readableBytes() == length) {
            frame = null;
            length = 0;
            ctx.fireChannelRead(gathering);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (frame != null) {
            frame.release();
            frame = null;
        }
    }
}
