// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.penstock.log.LogRuntime;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where Kafka clients come in. One per process. A cluster gets a listener of its own, or a [Door] on a port that
/// all clusters share. May be called from any thread.
public final class NetworkServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NetworkServer.class);
    private static final int ACCEPT_BACKLOG = 1024;
    private static final long HANDSHAKE_MILLIS = 10_000;

    private final NetworkSettings settings;
    private final LogRuntime runtime;
    private final Executor workers;
    private final MeterRegistry registry;
    private final EventLoopGroup loops;
    private final Class<? extends ServerChannel> serverChannel;
    private final ConnectionLimits processLimits;
    private final RequestMemory memory;
    private final Map<String, ClusterSide> clusters = new ConcurrentHashMap<>();
    private final Map<String, Open> doors = new ConcurrentHashMap<>();

    /// A door on the shared ports, and who came through it.
    private record Open(Door door, ChannelGroup connections) {}

    private record ClusterSide(ConnectionLimits limits, NetworkMetrics metrics) {}

    /// @param workers where requests are parsed and handlers run: threads that may compute, about one per
    /// processor
    public NetworkServer(NetworkSettings settings, LogRuntime runtime, Executor workers, MeterRegistry registry) {
        this.settings = settings;
        this.runtime = runtime;
        this.workers = workers;
        this.registry = registry;
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        loops = new MultiThreadIoEventLoopGroup(settings.eventLoops(), new DefaultThreadFactory("network", true), io);
        serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        processLimits = ConnectionLimits.ofProcess(settings.maxConnections());
        memory = new RequestMemory(settings.maxInFlightBytes());
    }

    /// Listens for the clients of one cluster. Fails with a [BindException] that names the address if
    /// it cannot.
    ///
    /// @param port 0 for any free one
    public CompletableFuture<Listening> bind(Door door, String host, int port) {
        return bind(host, port, (channel, connections) -> {
            connections.add(channel);
            channel.pipeline().addLast(idle());
            enter(channel.pipeline(), door, false);
        });
    }

    /// Listens for the clients of all clusters on one port; the host name that a client looks for (SNI) decides which
    /// cluster it is for. To be called before [#open].
    ///
    /// @param port 0 for any free one
    public CompletableFuture<Listening> bindShared(TlsFiles files, String host, int port) {
        TlsContexts contexts;
        try {
            contexts = new TlsContexts(files, runtime, workers);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        ConnectionLimits handshaking = ConnectionLimits.ofProcess(settings.maxConnections() / 10 + 1);
        return bind(host, port, (channel, connections) -> {
            connections.add(channel);
            channel.pipeline().addLast(idle());
            TlsEntrance.install(
                    channel.pipeline(),
                    contexts,
                    label -> Optional.ofNullable(doors.get(label)).map(Open::door),
                    HANDSHAKE_MILLIS,
                    handshaking,
                    runtime::wallMillis,
                    (ctx, door) -> {
                        Open open = doors.get(door.label());
                        if (open == null) {
                            ctx.close();
                        } else {
                            open.connections().add(ctx.channel());
                            enter(ctx.pipeline(), door, true);
                        }
                    });
        });
    }

    /// Lets clients that look for the cluster's host names in, on every shared port.
    ///
    /// @return closes the door and the connections that came through it
    public Runnable open(Door door) {
        Open open = new Open(door, new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true));
        doors.put(door.label(), open);
        return () -> {
            doors.remove(door.label(), open);
            open.connections().close();
        };
    }

    private IdleStateHandler idle() {
        return new IdleStateHandler(0, 0, settings.idleAfter().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void enter(ChannelPipeline pipeline, Door door, boolean admitted) {
        ClusterSide side = side(door);
        pipeline.addLast(new FrameDecoder(settings.maxFrameBytes()))
                .addLast(new ClientConnection(
                        settings,
                        door.router(),
                        door.policy(),
                        runtime,
                        side.limits(),
                        memory,
                        side.metrics(),
                        workers,
                        admitted));
    }

    private ClusterSide side(Door door) {
        return clusters.computeIfAbsent(door.router().cluster().clusterId(), id -> {
            ConnectionLimits limits = processLimits.within(settings.maxConnectionsPerCluster(), "cluster");
            return new ClusterSide(limits, new NetworkMetrics(registry, id, limits));
        });
    }

    private CompletableFuture<Listening> bind(String host, int port, BiConsumer<Channel, ChannelGroup> initialize) {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(serverChannel)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                settings.maxUnsentBytesPerConnection() / 4, settings.maxUnsentBytesPerConnection()))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialize.accept(channel, connections);
                    }
                });
        CompletableFuture<Listening> listening = new CompletableFuture<>();
        bootstrap.bind(host, port).addListener((ChannelFuture bound) -> {
            if (bound.isSuccess()) {
                InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
                log.atInfo().addKeyValue("address", address).log("listening for Kafka clients");
                listening.complete(new Listening(address, bound.channel(), connections));
            } else {
                BindException failure = new BindException("cannot listen on " + host + ":" + port + " ("
                        + bound.cause().getMessage() + "): is another process using the port?");
                failure.initCause(bound.cause());
                listening.completeExceptionally(failure);
            }
        });
        return listening;
    }

    /// Open connections of a cluster.
    public int connections(String clusterId) {
        ClusterSide side = clusters.get(clusterId);
        return side == null ? 0 : side.limits().count();
    }

    /// Bytes of requests at work in the process.
    public long requestBytesInFlight() {
        return memory.used();
    }

    /// Closes every listener and connection, and waits until their threads have ended.
    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// One open listener.
    public static final class Listening {
        private final InetSocketAddress address;
        private final Channel channel;
        private final ChannelGroup connections;

        private Listening(InetSocketAddress address, Channel channel, ChannelGroup connections) {
            this.address = address;
            this.channel = channel;
            this.connections = connections;
        }

        /// Where it listens, with the real port.
        public InetSocketAddress address() {
            return address;
        }

        /// Takes no new connections; those that are open stay.
        public CompletableFuture<Void> stopAccepting() {
            return future(channel.close());
        }

        /// Stops listening and closes the connections that came this way.
        public CompletableFuture<Void> unbind() {
            return stopAccepting().thenCompose(done -> {
                CompletableFuture<Void> closed = new CompletableFuture<>();
                connections.close().addListener(all -> closed.complete(null));
                return closed;
            });
        }

        private static CompletableFuture<Void> future(ChannelFuture future) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            future.addListener(ended -> done.complete(null));
            return done;
        }
    }
}
