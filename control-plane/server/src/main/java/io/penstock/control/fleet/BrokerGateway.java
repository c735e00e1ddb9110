// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// The port on which brokers call.
final class BrokerGateway implements AutoCloseable {
    private final Server server;

    /// @param port 0: a free one
    /// @param tls empty: in plain text, for brokers of this machine
    /// @param entrance says which calls are let in
    /// @param threads run the calls; they may block
    BrokerGateway(
            String host,
            int port,
            Optional<SslContext> tls,
            BrokerControlService service,
            ServerInterceptor entrance,
            Executor threads) {
        var builder = NettyServerBuilder.forAddress(new InetSocketAddress(host, port));
        tls.ifPresent(builder::sslContext);
        server = builder.executor(threads)
                .intercept(BrokerControlService.sessions())
                .intercept(entrance) // the last one is asked first
                .addService(service)
                .maxInboundMessageSize(16 << 20)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "brokers cannot reach the control plane: port " + port + " on " + host
                            + " cannot be opened; choose another by penstock.grpc.port",
                    e);
        }
    }

    int port() {
        return server.getPort();
    }

    /// Ends all streams at once: brokers dial the next process.
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
