// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.penstock.broker.authentication.Authentication;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.quotas.Admission;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestRouter;
import io.penstock.kafka.protocol.ConnectionFacts;
import io.penstock.kafka.protocol.ParsedFrame;
import io.penstock.kafka.protocol.WireFormat;
import io.penstock.log.LogRuntime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One client's connection: frames become requests, their answers leave in the order in which the requests
/// came.
///
/// A bounded number of requests is at work; beyond it, and while the client does not take its answers, nothing
/// more is read from the socket. Fields without a word about it belong to the event loop.
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    /// Heap buffers are copied into socket memory piece by piece, never a whole response at once.
    private static final int PIECE = 256 << 10;

    /// What a finished request leaves to be sent.
    private sealed interface Outgoing {
        record Bytes(List<ByteBuffer> frame, int throttleMillis) implements Outgoing {}

        /// Larger frames may come from now on.
        record Welcome(List<ByteBuffer> frame) implements Outgoing {}

        record Farewell(List<ByteBuffer> frame, String reason) implements Outgoing {}

        record Nothing(int throttleMillis) implements Outgoing {}

        record Close(String reason) implements Outgoing {}
    }

    private final NetworkSettings settings;
    private final RequestRouter router;
    private final ListenerPolicy policy;
    private final LogRuntime runtime;
    private final ConnectionLimits limits;
    private final RequestMemory memory;
    private final NetworkMetrics metrics;
    private final Executor worker;
    private final boolean admitted;

    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private final ResponseOrder<Outgoing> order = new ResponseOrder<>();
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private long inFlightBytes;
    private boolean counted;
    private boolean closing;
    private boolean waitsForMemory;

    /// Runs while the connection has proven nothing.
    private Optional<LogRuntime.Timer> untilWelcome = Optional.empty();
    private boolean paused;
    private long pausedUntilNanos;

    /// Read by anybody.
    private volatile boolean gone;

    /// Used by `worker` only, after the connection became active.
    private volatile Optional<Authentication> authentication = Optional.empty();

    /// Written and read by `worker` only, after the connection became active.
    private volatile Optional<ConnectionFacts> facts = Optional.empty();

    /// @param admitted whether the connection was counted before
    ClientConnection(
            NetworkSettings settings,
            RequestRouter router,
            ListenerPolicy policy,
            LogRuntime runtime,
            ConnectionLimits limits,
            RequestMemory memory,
            NetworkMetrics metrics,
            Executor workers,
            boolean admitted) {
        this.admitted = admitted;
        this.settings = settings;
        this.router = router;
        this.policy = policy;
        this.runtime = runtime;
        this.limits = limits;
        this.memory = memory;
        this.metrics = metrics;
        worker = new SerialWork(workers);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Optional<String> refusal = limits.open();
        counted = refusal.isEmpty();
        if (refusal.isPresent()) {
            metrics.connectionRefused();
            close(ctx, Level.WARN, refusal.get());
            return;
        }
        if (admitted) {
            begin(ctx);
            return;
        }
        InetSocketAddress client = (InetSocketAddress) ctx.channel().remoteAddress();
        switch (router.cluster().quotas().connected(client.getAddress(), runtime.wallMillis())) {
            case Admission.In(int afterMillis) -> after(ctx, afterMillis, () -> begin(ctx));
            case Admission.Out(int afterMillis, String reason) -> {
                metrics.connectionRefused();
                after(ctx, afterMillis, () -> close(ctx, Level.INFO, reason));
            }
        }
    }

    private static void after(ChannelHandlerContext ctx, int millis, Runnable task) {
        if (millis == 0) {
            task.run();
        } else {
            ctx.executor().schedule(task, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        if (closing) {
            return;
        }
        Optional<SslHandler> tls = Optional.ofNullable(ctx.pipeline().get(SslHandler.class));
        Optional<KafkaPrincipal> certified = tls.flatMap(ClientConnection::certified);
        Authentication fresh = new Authentication(policy, tls.isPresent(), certified.isPresent());
        authentication = Optional.of(fresh);
        if (!fresh.isEstablished()) {
            decoder(ctx).limit(Math.min(policy.maxFrameBytes(), settings.maxFrameBytes()));
            LogRuntime.Timer deadline = runtime.schedule(
                    policy.within(),
                    worker,
                    () -> onLoop(ctx, () -> close(ctx, Level.INFO, "not authenticated within " + policy.within())));
            untilWelcome = Optional.of(deadline);
        }
        InetSocketAddress client = (InetSocketAddress) ctx.channel().remoteAddress();
        facts = Optional.of(new ConnectionFacts(
                ctx.channel().id().asShortText(),
                client.getAddress(),
                client.getPort(),
                certified.orElse(KafkaPrincipal.ANONYMOUS),
                tls.isPresent() ? SecurityProtocol.SSL : SecurityProtocol.PLAINTEXT,
                "",
                ""));
        pump(ctx);
    }

    /// The name in the certificate that the client showed, as Kafka's own principal builder has it.
    private static Optional<KafkaPrincipal> certified(SslHandler tls) {
        try {
            return Optional.of(new KafkaPrincipal(
                    KafkaPrincipal.USER_TYPE,
                    tls.engine().getSession().getPeerPrincipal().getName()));
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    // ---- requests in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        metrics.received(frame.readableBytes() + WireFormat.LENGTH_BYTES);
        if (closing) {
            frame.release();
            return;
        }
        waiting.add(frame);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        pump(ctx);
    }

    /// Starts what may be started, then reads on if there is room for more.
    private void pump(ChannelHandlerContext ctx) {
        if (facts.isEmpty()) {
            return; // not let in yet
        }
        while (!waiting.isEmpty() && !closing && !paused && unsent.isEmpty() && mayStart()) {
            start(ctx, waiting.remove());
        }
        if (waiting.isEmpty() && !closing && !paused && mayStart() && unsent.isEmpty()) {
            ctx.read();
        } else if (!closing && memory.isFull() && !waitsForMemory) {
            waitsForMemory = true;
            memory.whenFree(() -> onLoop(ctx, () -> {
                waitsForMemory = false;
                pump(ctx);
            }));
        }
    }

    private boolean mayStart() {
        if (order.size() == 0) {
            return true;
        }
        return order.size() < settings.maxInFlightPerConnection()
                && inFlightBytes < settings.maxInFlightBytesPerConnection()
                && !memory.isFull();
    }

    private void start(ChannelHandlerContext ctx, ByteBuf frame) {
        ResponseOrder.Place<Outgoing> place = order.arrive();
        int size = frame.readableBytes();
        inFlightBytes += size;
        memory.taken(size);
        long receivedNanos = runtime.nanos();
        worker.execute(() -> {
            HeldFrame held = new HeldFrame(frame, memory);
            CompletableFuture<Outgoing> outcome;
            try {
                outcome = answer(held, receivedNanos);
            } catch (RuntimeException e) {
                outcome = CompletableFuture.failedFuture(e);
            }
            outcome.whenComplete((outgoing, failure) -> {
                held.release();
                onLoop(ctx, () -> finished(ctx, place, size, outgoing != null ? outgoing : failed(failure)));
            });
        });
    }

    private static Outgoing failed(Throwable failure) {
        log.atError().setCause(failure).log("a response could not be made");
        return new Outgoing.Close("a response could not be made");
    }

    /// On a worker.
    private CompletableFuture<Outgoing> answer(HeldFrame frame, long receivedNanos) {
        ConnectionFacts known = facts.orElseThrow();
        Authentication proof = authentication.orElseThrow();
        if (proof.expectsToken()) {
            return answerToken(frame, known, proof);
        }
        return switch (WireFormat.parse(frame.bytes(), known, proof.looksAt(router.served()))) {
            case ParsedFrame.Malformed malformed -> {
                metrics.malformed();
                yield CompletableFuture.completedFuture(new Outgoing.Close(malformed.reason()));
            }
            case ParsedFrame.Request request -> {
                if (request.body() instanceof ApiVersionsRequest hello && !hello.hasUnsupportedRequestVersion()) {
                    facts = Optional.of(known.withSoftware(
                            hello.data().clientSoftwareName(), hello.data().clientSoftwareVersion()));
                }
                if (!request.keepsFrame()) {
                    frame.release();
                }
                RequestContext context = request.context();
                yield switch (proof.take(context, request.body(), runtime.nanos(), runtime.wallMillis())) {
                    case Authentication.Step.Admitted admitted -> {
                        RequestExchange exchange = new RequestExchange(
                                context, request.body(), frame.size(), receivedNanos, () -> gone, frame::release);
                        long beganNanos = runtime.nanos();
                        CompletableFuture<Reply> replied = router.route(exchange);
                        long workedNanos = runtime.nanos() - beganNanos;
                        int size = frame.size();
                        yield replied.thenApply(reply -> outgoing(
                                context,
                                router.cluster()
                                        .quotas()
                                        .answered(context, reply, size, workedNanos, runtime.wallMillis()),
                                receivedNanos));
                    }
                    case Authentication.Step.Answered(AbstractResponse response) ->
                        CompletableFuture.completedFuture(outgoing(context, Reply.of(response), receivedNanos));
                    case Authentication.Step.Established(AbstractResponse response, KafkaPrincipal principal) -> {
                        facts = Optional.of(known.authenticated(principal));
                        yield CompletableFuture.completedFuture(
                                new Outgoing.Welcome(bytes(context, response, receivedNanos)));
                    }
                    case Authentication.Step.Rejected(AbstractResponse response, String reason) ->
                        later(new Outgoing.Farewell(bytes(context, response, receivedNanos), reason));
                    case Authentication.Step.Closed(String reason) ->
                        CompletableFuture.completedFuture(new Outgoing.Close(reason));
                };
            }
        };
    }

    /// A token of a client that speaks the oldest SaslHandshake: neither it nor the answer is a Kafka message.
    private CompletableFuture<Outgoing> answerToken(HeldFrame frame, ConnectionFacts known, Authentication proof) {
        byte[] token = new byte[frame.size()];
        frame.bytes().get(token);
        return switch (proof.takeToken(token, runtime.nanos(), runtime.wallMillis())) {
            case Authentication.TokenStep.Answered(ByteBuffer answer, Optional<KafkaPrincipal> principal) -> {
                ByteBuffer length = ByteBuffer.allocate(WireFormat.LENGTH_BYTES)
                        .putInt(answer.remaining())
                        .flip();
                List<ByteBuffer> bytes = List.of(length, answer);
                principal.ifPresent(proven -> facts = Optional.of(known.authenticated(proven)));
                yield CompletableFuture.completedFuture(
                        principal.isPresent() ? new Outgoing.Welcome(bytes) : new Outgoing.Bytes(bytes, 0));
            }
            case Authentication.TokenStep.Closed(String reason) -> later(new Outgoing.Close(reason));
        };
    }

    /// So that guessing is slow.
    private CompletableFuture<Outgoing> later(Outgoing outgoing) {
        CompletableFuture<Outgoing> later = new CompletableFuture<>();
        runtime.schedule(policy.failureDelay(), worker, () -> later.complete(outgoing));
        return later;
    }

    private List<ByteBuffer> bytes(RequestContext context, AbstractResponse response, long receivedNanos) {
        List<ByteBuffer> frame = WireFormat.frame(context, response);
        metrics.answered(context.header.apiKey(), response.errorCounts(), runtime.nanos() - receivedNanos);
        return frame;
    }

    /// On whatever thread completed the request.
    private Outgoing outgoing(RequestContext context, Reply reply, long receivedNanos) {
        ApiKeys api = context.header.apiKey();
        long nanos = runtime.nanos() - receivedNanos;
        return switch (reply) {
            case Reply.Answer answer ->
                new Outgoing.Bytes(
                        bytes(context, answer.response(), receivedNanos),
                        answer.response().throttleTimeMs());
            case Reply.Silence silence -> {
                metrics.answered(api, Map.of(Errors.NONE, 1), nanos);
                yield new Outgoing.Nothing(silence.throttleMillis());
            }
            case Reply.Hangup hangup -> {
                metrics.answered(api, Map.of(Errors.UNKNOWN_SERVER_ERROR, 1), nanos);
                yield new Outgoing.Close(hangup.reason());
            }
        };
    }

    // ---- responses out

    private void finished(ChannelHandlerContext ctx, ResponseOrder.Place<Outgoing> place, int size, Outgoing outgoing) {
        order.finished(place, outgoing);
        inFlightBytes -= size;
        boolean some = false;
        for (Optional<Outgoing> next = order.next(); next.isPresent() && !closing; next = order.next()) {
            switch (next.get()) {
                case Outgoing.Bytes bytes -> {
                    unsent.addAll(bytes.frame());
                    throttle(ctx, bytes.throttleMillis());
                    some = true;
                }
                case Outgoing.Nothing nothing -> {
                    throttle(ctx, nothing.throttleMillis());
                    some = true;
                }
                case Outgoing.Welcome welcome -> {
                    unsent.addAll(welcome.frame());
                    decoder(ctx).limit(settings.maxFrameBytes());
                    untilWelcome.ifPresent(LogRuntime.Timer::cancel);
                    some = true;
                }
                case Outgoing.Farewell farewell -> {
                    unsent.addAll(farewell.frame());
                    send(ctx);
                    close(ctx, Level.INFO, farewell.reason());
                }
                case Outgoing.Close close -> {
                    send(ctx);
                    close(ctx, Level.INFO, close.reason());
                }
            }
        }
        if (some && !closing) {
            send(ctx);
            pump(ctx);
        }
    }

    /// Reads nothing from the client for so long: also one that does not know of throttling, or needs no
    /// answers, becomes as slow as it is asked to be (KIP-219). Of several pauses the last to end counts.
    private void throttle(ChannelHandlerContext ctx, int millis) {
        if (millis <= 0) {
            return;
        }
        metrics.throttled();
        long until = runtime.nanos() + Duration.ofMillis(millis).toNanos();
        if (paused && until <= pausedUntilNanos) {
            return;
        }
        paused = true;
        pausedUntilNanos = until;
        runtime.schedule(
                Duration.ofMillis(millis),
                worker,
                () -> onLoop(ctx, () -> {
                    if (until == pausedUntilNanos) {
                        paused = false;
                        pump(ctx);
                    }
                }));
    }

    /// Hands the socket what it takes; the rest follows when it has become writable again.
    private void send(ChannelHandlerContext ctx) {
        boolean written = false;
        long bytes = 0;
        while (!unsent.isEmpty() && ctx.channel().isWritable()) {
            ByteBuffer next = unsent.peek();
            ByteBuffer piece = next;
            if (!next.isDirect() && next.remaining() > PIECE) {
                piece = next.slice(next.position(), PIECE);
                next.position(next.position() + PIECE);
            } else {
                unsent.remove();
            }
            bytes += piece.remaining();
            ctx.write(Unpooled.wrappedBuffer(piece), ctx.voidPromise());
            written = true;
        }
        if (written) {
            metrics.sent(bytes);
            ctx.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && !closing) {
            send(ctx);
            pump(ctx);
        }
    }

    // ---- the end

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && order.size() == 0 && waiting.isEmpty()) {
            // Also if it does not take what was sent: nothing has moved for so long.
            close(ctx, Level.DEBUG, "idle");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case FrameDecoder.FrameTooLarge tooLarge -> {
                metrics.malformed();
                close(ctx, Level.WARN, tooLarge.reason());
            }
            case IOException io -> close(ctx, Level.DEBUG, io.toString());
            default -> {
                log.atError().setCause(cause).log("a connection failed");
                close(ctx, Level.ERROR, cause.toString());
            }
        }
    }

    private void close(ChannelHandlerContext ctx, Level level, String reason) {
        if (closing) {
            return;
        }
        closing = true;
        log.atLevel(level)
                .addKeyValue("cluster", router.cluster().clusterId())
                .addKeyValue("client", ctx.channel().remoteAddress())
                .addKeyValue("reason", reason)
                .log("connection closed by the broker");
        // What was answered before still leaves, as far as the socket takes it.
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        if (counted) {
            counted = false;
            limits.closed();
        }
        untilWelcome.ifPresent(LogRuntime.Timer::cancel);
        router.cluster().telemetry().disconnected(ctx.channel().id().asShortText());
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        unsent.clear();
        gone = true;
    }

    private static FrameDecoder decoder(ChannelHandlerContext ctx) {
        return ctx.pipeline().get(FrameDecoder.class);
    }

    private static void onLoop(ChannelHandlerContext ctx, Runnable task) {
        Channel channel = ctx.channel();
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else if (!channel.eventLoop().isShuttingDown()) {
            channel.eventLoop().execute(task);
        }
    }
}
