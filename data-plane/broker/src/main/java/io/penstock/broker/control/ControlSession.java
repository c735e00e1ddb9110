// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.penstock.brokerapi.v1.BrokerControlGrpc;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.Hello;
import io.penstock.brokerapi.v1.JoinRequest;
import io.penstock.brokerapi.v1.JoinResponse;
import io.penstock.brokerapi.v1.RegisterRequest;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.RenewCertificateRequest;
import io.penstock.brokerapi.v1.RenewCertificateResponse;
import io.penstock.log.LogRuntime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registers the broker, keeps the session stream open, and opens it again whenever it breaks, for as long as the
/// process lives.
///
/// Losing the control plane is ordinary (R12): nothing here ever stops the broker from serving.
public final class ControlSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlSession.class);
    static final Metadata.Key<String> SESSION = Metadata.Key.of("penstock-session", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY =
            Duration.ofSeconds(1); // a returning control plane finds its brokers within this

    static final Metadata.Key<String> ACTIVE = Metadata.Key.of("penstock-active", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> REPLICAS = Metadata.Key.of("penstock-replicas", Metadata.ASCII_STRING_MARSHALLER);

    private BrokerIdentity identity;
    private final Optional<Joining> joining;
    private final ControlPlaneAddresses addresses;
    private volatile ManagedChannel channel;
    private String channelTo;
    private boolean joined;
    private boolean asking;
    private final LogRuntime runtime;
    private final Executor actor;
    private final SessionEvents events;

    private @Nullable RegisterResponse registration;
    private @Nullable StreamObserver<BrokerMessage> stream;
    private boolean standing;
    private long attempt; // answers to older attempts are ignored
    private Duration retry = FIRST_RETRY;
    private boolean closed;

    /// @param addresses `host:port` of the control plane's replicas, comma-separated
    /// How a broker of another host calls.
    ///
    /// @param host where it is reached
    public record Joining(Membership membership, String host) {}

    /// @param joining empty: whoever started this process gave it its place, and calls are in plain text
    /// @param actor serial; all events come on it
    public ControlSession(
            String addresses,
            BrokerIdentity identity,
            Optional<Joining> joining,
            LogRuntime runtime,
            Executor actor,
            SessionEvents events) {
        this.identity = identity;
        this.joining = joining;
        this.runtime = runtime;
        this.actor = actor;
        this.events = events;
        this.addresses = ControlPlaneAddresses.parse(addresses);
        this.channelTo = this.addresses.current();
        this.channel = channel(channelTo);
    }

    /// A replica that stops without closing its connections is left before the next one has waited for its brokers.
    private ManagedChannel channel(String address) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(address);
        joining.ifPresentOrElse(
                with -> builder.sslContext(with.membership().context(fingerprint())),
                // Plaintext: whoever starts brokers of its own machine speaks over loopback only.
                builder::usePlaintext);
        return builder.keepAliveTime(2, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    /// A join token ends with what the control plane is known by.
    private String fingerprint() {
        String token = identity.joinToken();
        return token.substring(token.lastIndexOf('.') + 1);
    }

    public void start() {
        actor.execute(this::connect);
        joining.ifPresent(with -> runtime.schedule(with.membership().lookEvery(), actor, this::renewIfDue));
    }

    /// Long before the certificate ends: calls from now on show the new one, and the stream that stands goes on.
    private void renewIfDue() {
        if (closed) {
            return;
        }
        joining.ifPresent(with -> runtime.schedule(with.membership().lookEvery(), actor, this::renewIfDue));
        if (standing && !asking && certificateIsDue()) {
            renew(attempt);
        }
    }

    private boolean certificateIsDue() {
        return joining.filter(with -> with.membership().isDue(runtime.wallMillis()))
                .isPresent();
    }

    private void renew(long mine) {
        asking = true;
        Membership membership = joining.orElseThrow().membership();
        BrokerControlGrpc.newStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .renewCertificate(
                        RenewCertificateRequest.newBuilder()
                                .setPublicKey(membership.publicKey())
                                .build(),
                        new Asked<RenewCertificateResponse>(mine, answer -> {
                            membership.renewed(answer.getCertificate().toByteArray());
                            log.info("the certificate for calling the control plane was renewed");
                            channel.shutdown(); // the stream on it goes on
                            channel = channel(channelTo);
                            if (!standing) {
                                connect();
                            }
                        }));
    }

    private void join(long mine) {
        asking = true;
        Joining with = joining.orElseThrow();
        boolean known = with.membership().hasCertificate();
        BrokerControlGrpc.newStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .join(
                        JoinRequest.newBuilder()
                                .setToken(known ? "" : identity.joinToken())
                                .setPublicKey(with.membership().publicKey())
                                .setHost(with.host())
                                .build(),
                        new Asked<JoinResponse>(mine, answer -> {
                            with.membership()
                                    .given(
                                            answer.getCertificate().toByteArray(),
                                            answer.getAuthority().toByteArray());
                            identity = identity.joined(answer.getFleetId(), answer.getJoinToken(), answer.getZone());
                            joined = true;
                            log.info("joined fleet={} zone={}", answer.getFleetId(), answer.getZone());
                            channel.shutdown();
                            channel = channel(channelTo);
                            connect();
                        }));
    }

    /// One question that comes before the session.
    private final class Asked<A> implements StreamObserver<A> {
        private final long mine;
        private final Consumer<A> next;

        Asked(long mine, Consumer<A> next) {
            this.mine = mine;
            this.next = next;
        }

        @Override
        public void onNext(A answer) {
            actor.execute(() -> {
                asking = false;
                if (!closed) {
                    next.accept(answer);
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            actor.execute(() -> {
                asking = false;
                if (standing) {
                    log.warn("the certificate was not renewed: {}", failure.toString());
                } else {
                    broken(mine, failure);
                }
            });
        }

        @Override
        public void onCompleted() {}
    }

    /// Sends if the stream stands; otherwise the message is lost, as any message may be.
    public void send(BrokerMessage message) {
        actor.execute(() -> {
            if (stream != null) {
                stream.onNext(message);
            }
        });
    }

    /// Stub for administrative calls: carries the session's token once there is one.
    public BrokerControlGrpc.BrokerControlFutureStub adminCalls(Duration deadline) {
        return BrokerControlGrpc.newFutureStub(channel)
                .withInterceptors(token())
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        actor.execute(() -> {
            closed = true;
            if (stream != null) {
                stream.onCompleted();
                stream = null;
            }
            channel.shutdown();
        });
    }

    private void connect() {
        if (closed) {
            return;
        }
        long mine = ++attempt;
        String address = addresses.current();
        if (address.equals(channelTo)) {
            channel.resetConnectBackoff();
        } else {
            channel.shutdownNow();
            channel = channel(address);
            channelTo = address;
        }
        if (joining.isPresent() && !joined) {
            join(mine);
        } else if (certificateIsDue()) {
            renew(mine);
        } else if (registration == null) {
            BrokerControlGrpc.newStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .register(registerRequest(), new Answer(mine));
        } else {
            openStream(mine, registration);
        }
    }

    private RegisterRequest registerRequest() {
        return RegisterRequest.newBuilder()
                .setFleetId(identity.fleetId())
                .setJoinToken(identity.joinToken())
                .setProcessToken(identity.processToken())
                .setVersion(identity.version())
                .setZone(identity.zone())
                .setPid(identity.pid())
                .setMetricsPort(identity.metricsPort())
                .build();
    }

    private void registered(RegisterResponse response) {
        registration = response;
        events.registered(response);
        openStream(attempt, response);
    }

    private void openStream(long mine, RegisterResponse known) {
        Stream answers = new Stream(mine);
        StreamObserver<BrokerMessage> opened = BrokerControlGrpc.newStub(channel)
                .withInterceptors(
                        token(), MetadataUtils.newCaptureMetadataInterceptor(answers.headers, new AtomicReference<>()))
                .session(answers);
        opened.onNext(BrokerMessage.newBuilder()
                .setHello(Hello.newBuilder().setBrokerId(known.getBrokerId()).setBrokerEpoch(known.getBrokerEpoch()))
                .build());
        stream = opened;
    }

    /// Dialling is not being connected: as long as nobody answers, the bucket is asked for the metalog (R12).
    private void stands(long of) {
        if (of == attempt && !closed && stream != null && !standing) {
            standing = true;
            events.connected();
        }
    }

    private ClientInterceptor token() {
        Metadata headers = new Metadata();
        RegisterResponse known = registration;
        if (known != null) {
            headers.put(SESSION, known.getSessionToken());
        }
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private void broken(long of, Throwable cause) {
        if (of != attempt || closed) {
            return;
        }
        boolean stood = standing;
        standing = false;
        stream = null;
        Status status = Status.fromThrowable(cause);
        if (stood) {
            log.info("control plane lost: {}", status.getCode());
            events.disconnected();
        }
        switch (status.getCode()) {
            case PERMISSION_DENIED -> {
                closed = true;
                channel.shutdown();
                events.refused(String.valueOf(status.getDescription()));
                return;
            }
            // It does not know this session (its memory is gone): say again who we are.
            case UNAUTHENTICATED, NOT_FOUND -> registration = null;
            default -> {}
        }
        Metadata trailers = Status.trailersFromThrowable(cause);
        if (trailers != null && trailers.containsKey(REPLICAS)) {
            if (addresses.turnedAway(trailers.get(ACTIVE), trailers.get(REPLICAS))) {
                actor.execute(this::connect);
                return;
            }
        } else if (!stood) {
            addresses.failed();
        }
        runtime.schedule(retry, actor, this::connect);
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
    }

    private final class Answer implements StreamObserver<RegisterResponse> {
        private final long mine;

        private Answer(long mine) {
            this.mine = mine;
        }

        @Override
        public void onNext(RegisterResponse response) {
            actor.execute(() -> {
                if (mine == attempt && !closed) {
                    registered(response);
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            actor.execute(() -> broken(mine, failure));
        }

        @Override
        public void onCompleted() {}
    }

    private final class Stream implements ClientResponseObserver<BrokerMessage, ControlMessage> {
        private final long mine;
        private final AtomicReference<Metadata> headers = new AtomicReference<>();

        private Stream(long mine) {
            this.mine = mine;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<BrokerMessage> requests) {
            requests.setOnReadyHandler(() -> actor.execute(() -> stands(mine)));
        }

        @Override
        public void onNext(ControlMessage message) {
            actor.execute(() -> {
                if (mine == attempt && !closed) {
                    retry = FIRST_RETRY;
                    Metadata head = headers.getAndSet(null);
                    if (head != null) {
                        addresses.connected(head.get(REPLICAS));
                    }
                    events.received(message);
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            actor.execute(() -> broken(mine, failure));
        }

        @Override
        public void onCompleted() {
            actor.execute(() -> broken(mine, Status.UNAVAILABLE.asException()));
        }
    }
}
