// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1 << 20));

    @Test
    void framesArePutTogetherFromSingleBytes() {
        for (byte b : new byte[] {0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9}) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertFrame(7, 8);
        assertFrame(9);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void severalFramesMayComeAtOnce() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 1, 7, 0, 0, 0, 1, 8, 0, 0}));

        assertFrame(7);
        assertFrame(8);
        assertThat(channel.<ByteBuf>readInbound()).isNull();
    }

    @Test
    void aFrameLargerThanTheFirstBufferArrivesWhole() {
        byte[] bytes = new byte[200_000];
        bytes[199_999] = 5;
        ByteBuf in = Unpooled.buffer().writeInt(bytes.length).writeBytes(bytes);
        while (in.readableBytes() > 1000) {
            channel.writeInbound(in.readBytes(1000));
        }
        channel.writeInbound(in);

        ByteBuf frame = channel.readInbound();
        assertThat(frame.readableBytes()).isEqualTo(200_000);
        assertThat(frame.getByte(199_999)).isEqualTo((byte) 5);
        frame.release();
    }

    @Test
    void aLengthThatNoRequestHasEndsTheReading() {
        for (int length : new int[] {0, -1, (1 << 20) + 1, 0x47455420}) {
            EmbeddedChannel fresh = new EmbeddedChannel(new FrameDecoder(1 << 20));
            ByteBuf in = Unpooled.buffer().writeInt(length).writeInt(1).writeByte(1);

            assertThatThrownBy(() -> fresh.writeInbound(in)).isInstanceOf(FrameDecoder.FrameTooLarge.class);
            assertThat(fresh.<ByteBuf>readInbound()).isNull();
        }
    }

    @Test
    void aHalfReadFrameIsGivenBackWhenTheConnectionEnds() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 9, 1}));

        assertThat(channel.finish()).isFalse();
    }

    private void assertFrame(int... expected) {
        ByteBuf frame = channel.readInbound();
        assertThat(frame.readableBytes()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(frame.getByte(i)).isEqualTo((byte) expected[i]);
        }
        frame.release();
    }
}
