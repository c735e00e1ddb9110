// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsyncMapping;
import io.penstock.broker.quotas.Admission;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection on the port that all clusters share: the host name that the client looks for decides which cluster it
/// is
/// for, before anything is decrypted.
final class TlsEntrance extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(TlsEntrance.class);

    private final ConnectionLimits handshaking;
    private final BiConsumer<ChannelHandlerContext, Door> enter;
    private @Nullable Door door;
    private boolean counted;

    /// @param handshaking counts connections whose handshake is not over
    /// @param enter called once, with the cluster's door, when the connection is encrypted
    private TlsEntrance(ConnectionLimits handshaking, BiConsumer<ChannelHandlerContext, Door> enter) {
        this.handshaking = handshaking;
        this.enter = enter;
    }

    /// Adds what a fresh connection needs.
    static void install(
            ChannelPipeline pipeline,
            TlsContexts contexts,
            Function<String, Optional<Door>> doors,
            long handshakeMillis,
            ConnectionLimits handshaking,
            LongSupplier wallMillis,
            BiConsumer<ChannelHandlerContext, Door> enter) {
        TlsEntrance entrance = new TlsEntrance(handshaking, enter);
        AsyncMapping<String, SslContext> choose = (hostName, promise) -> {
            Optional<Door> found = hostName == null ? Optional.empty() : doors.apply(Door.labelIn(hostName));
            if (found.isEmpty()) {
                return promise.setFailure(new RejectedExecutionException("no cluster is called '" + hostName + "'"));
            }
            Door door = found.get();
            entrance.door = door;
            Channel channel = pipeline.channel();
            InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
            Runnable proceed = () -> {
                try {
                    promise.trySuccess(contexts.of(door.clientCa().get()));
                } catch (IOException e) {
                    promise.tryFailure(e);
                }
            };
            // Before anything is computed for it.
            switch (door.router().cluster().quotas().connected(client.getAddress(), wallMillis.getAsLong())) {
                case Admission.In(int afterMillis) when afterMillis == 0 -> proceed.run();
                case Admission.In(int afterMillis) ->
                    channel.eventLoop().schedule(proceed, afterMillis, TimeUnit.MILLISECONDS);
                case Admission.Out(int afterMillis, String reason) ->
                    channel.eventLoop()
                            .schedule(
                                    () -> promise.tryFailure(new RejectedExecutionException(reason)),
                                    afterMillis,
                                    TimeUnit.MILLISECONDS);
            }
            return promise;
        };
        pipeline.addLast(new SniHandler(choose, handshakeMillis)).addLast(entrance);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Optional<String> refusal = handshaking.open();
        counted = refusal.isEmpty();
        if (refusal.isPresent()) {
            ctx.close();
        } else {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            over();
            Door chosen = door;
            if (completion.isSuccess() && chosen != null) {
                enter.accept(ctx, chosen);
                ctx.fireChannelActive();
                ctx.pipeline().remove(this);
            } else {
                ctx.close();
            }
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over();
        ctx.fireChannelInactive();
    }

    private void over() {
        if (counted) {
            counted = false;
            handshaking.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.atDebug()
                .addKeyValue("client", ctx.channel().remoteAddress())
                .addKeyValue("reason", cause.toString())
                .log("a connection was not encrypted");
        ctx.close();
    }
}
