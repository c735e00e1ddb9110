// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.penstock.control.lease.Lease;
import io.penstock.control.lease.Replica;
import io.penstock.control.lease.ReplicaIdentity;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
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
    private final AuthoritySettings tls;
    private final Optional<BrokerAuthority> authority;
    private final Executor threads;
    private final List<BrokerGateway> gateways = new ArrayList<>();
    private volatile boolean open;

    /// @param authority whose certificates brokers of other hosts show; empty: there are none
    /// @param threads run the calls; they may block
    BrokerEntrance(
            Lease lease,
            ReplicaIdentity identity,
            BrokerControlService service,
            GatewaySettings settings,
            AuthoritySettings tls,
            Optional<BrokerAuthority> authority,
            Executor threads) {
        this.lease = lease;
        this.identity = identity;
        this.service = service;
        this.settings = settings;
        this.tls = tls;
        this.authority = authority;
        this.threads = threads;
    }

    @Override
    public synchronized void start() {
        var plain = new BrokerGateway(
                settings.host(), settings.port(), Optional.empty(), service, new OnlyWhenOpen(), threads);
        gateways.add(plain);
        String address = (settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host()) + ":" + plain.port();
        log.info("event=broker_gateway_open host={} port={}", settings.host(), plain.port());
        String withinTls = authority.map(this::openWithinTls).orElse("");
        identity.brokersCallAt(address, withinTls);
    }

    /// @return where it is reached
    private String openWithinTls(BrokerAuthority signer) {
        try {
            SslContext context = GrpcSslContexts.configure(SslContextBuilder.forServer(signer.server()))
                    .trustManager(signer.brokers())
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build();
            var opened = new BrokerGateway(
                    tls.host(), tls.port(), Optional.of(context), service, new OnlyWhenOpen(), threads);
            gateways.add(opened);
            log.info("event=broker_tls_gateway_open host={} port={} names={}", tls.host(), opened.port(), tls.names());
            return tls.names().getFirst() + ":" + opened.port();
        } catch (SSLException e) {
            throw new IllegalStateException("brokers of other hosts cannot be let in", e);
        }
    }

    /// From now on brokers are let in.
    void open() {
        open = true;
    }

    /// Ends all streams: brokers dial the next replica.
    synchronized void close() {
        open = false;
        gateways.forEach(BrokerGateway::close);
        gateways.clear();
    }

    /// Where brokers call: this replica first, then all others that live.
    String addresses() {
        return addresses(Replica::brokerAddress);
    }

    private String addresses(Function<Replica, String> address) {
        return Stream.concat(Stream.of(lease.self()), lease.replicas().stream())
                .map(address)
                .filter(known -> !known.isEmpty())
                .distinct()
                .collect(Collectors.joining(","));
    }

    private final class OnlyWhenOpen implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            boolean withinTls = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null;
            Function<Replica, String> where = withinTls ? Replica::brokerTlsAddress : Replica::brokerAddress;
            if (open) {
                Optional<X509Certificate> shown = withinTls ? shown(call) : Optional.empty();
                Optional<String> refusal =
                        withinTls ? refusal(shown, call.getMethodDescriptor().getBareMethodName()) : Optional.empty();
                if (refusal.isPresent()) {
                    call.close(Status.UNAUTHENTICATED.withDescription(refusal.get()), new Metadata());
                    return new ServerCall.Listener<>() {};
                }
                Context context = Context.current().withValue(BrokerControlService.CERTIFICATE, shown);
                return Contexts.interceptCall(context, new Telling<>(call, where), headers, next);
            }
            Metadata trailers = new Metadata();
            lease.active()
                    .filter(active -> !active.id().equals(lease.self().id()))
                    .map(where)
                    .filter(address -> !address.isEmpty())
                    .ifPresent(address -> trailers.put(ACTIVE, address));
            trailers.put(REPLICAS, addresses(where));
            call.close(Status.UNAVAILABLE.withDescription("this replica of the control plane stands by"), trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    private static Optional<X509Certificate> shown(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            return session == null ? Optional.empty() : Optional.of((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /// A host without a certificate may join; one whose certificate has ended may renew it for a while.
    private Optional<String> refusal(Optional<X509Certificate> shown, @Nullable String method) {
        BrokerAuthority signer = authority.orElseThrow();
        boolean asks = "Join".equals(method) || "RenewCertificate".equals(method);
        if (shown.isEmpty()) {
            return "Join".equals(method) ? Optional.empty() : Optional.of("show a certificate of this control plane");
        }
        boolean enough = asks ? signer.isRenewable(shown.get()) : signer.isValid(shown.get());
        return enough ? Optional.empty() : Optional.of("the certificate has ended: renew it, or join with a new token");
    }

    /// Every answer begins with where the replicas are.
    private final class Telling<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Function<Replica, String> where;

        Telling(ServerCall<Q, A> call, Function<Replica, String> where) {
            super(call);
            this.where = where;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headers.put(REPLICAS, addresses(where));
            super.sendHeaders(headers);
        }
    }

    @Override
    public void stop() {
        close();
    }

    @Override
    public synchronized boolean isRunning() {
        return !gateways.isEmpty();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
