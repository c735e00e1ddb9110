// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.penstock.control.lease.Lease;
import io.penstock.control.lease.Replica;
import io.penstock.control.lease.ReplicaIdentity;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The port for brokers, open in every replica. Only the active one lets them in; the others tell where it is.
final class BrokerEntrance implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(BrokerEntrance.class);
    /// Before the lease, which other replicas and brokers are to find here.
    private static final int PHASE = 40;
    /// Where the active replica is; known to brokers.
    static final Metadata.Key<String> ACTIVE = Metadata.Key.of("penstock-active", Metadata.ASCII_STRING_MARSHALLER);
    /// All replicas' addresses, comma-separated; known to brokers.
    static final Metadata.Key<String> REPLICAS = Metadata.Key.of("penstock-replicas", Metadata.ASCII_STRING_MARSHALLER);

    private final Lease lease;
    private final ReplicaIdentity identity;
    private final BrokerControlService service;
    private final GatewaySettings settings;
    private final Executor threads;
    private Optional<BrokerGateway> gateway = Optional.empty();
    private volatile boolean open;

    /// @param threads run the calls; they may block
    BrokerEntrance(
            Lease lease,
            ReplicaIdentity identity,
            BrokerControlService service,
            GatewaySettings settings,
            Executor threads) {
        this.lease = lease;
        this.identity = identity;
        this.service = service;
        this.settings = settings;
        this.threads = threads;
    }

    @Override
    public synchronized void start() {
        var opened = new BrokerGateway(settings.host(), settings.port(), service, new OnlyWhenOpen(), threads);
        gateway = Optional.of(opened);
        identity.brokersCallAt(listens(opened));
        log.info("event=broker_gateway_open host={} port={}", settings.host(), opened.port());
    }

    private String listens(BrokerGateway opened) {
        return (settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host()) + ":" + opened.port();
    }

    /// From now on brokers are let in.
    void open() {
        open = true;
    }

    /// Ends all streams: brokers dial the next replica.
    synchronized void close() {
        open = false;
        gateway.ifPresent(BrokerGateway::close);
        gateway = Optional.empty();
    }

    /// Where brokers call: this replica first, then all others that live.
    String addresses() {
        String own = lease.self().brokerAddress();
        return Stream.concat(
                        Stream.of(own),
                        lease.replicas().stream().map(Replica::brokerAddress))
                .filter(address -> !address.isEmpty())
                .distinct()
                .collect(Collectors.joining(","));
    }

    private final class OnlyWhenOpen implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (open) {
                return next.startCall(new Telling<>(call), headers);
            }
            Metadata trailers = new Metadata();
            lease.active()
                    .filter(active -> !active.id().equals(lease.self().id()))
                    .map(Replica::brokerAddress)
                    .filter(address -> !address.isEmpty())
                    .ifPresent(address -> trailers.put(ACTIVE, address));
            trailers.put(REPLICAS, addresses());
            call.close(Status.UNAVAILABLE.withDescription("this replica of the control plane stands by"), trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    /// Every answer begins with where the replicas are.
    private final class Telling<Q, A> extends SimpleForwardingServerCall<Q, A> {
        Telling(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headers.put(REPLICAS, addresses());
            super.sendHeaders(headers);
        }
    }

    @Override
    public void stop() {
        close();
    }

    @Override
    public synchronized boolean isRunning() {
        return gateway.isPresent();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
