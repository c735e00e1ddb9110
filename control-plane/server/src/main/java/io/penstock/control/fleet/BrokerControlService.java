// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.BrokerControlGrpc;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import io.penstock.brokerapi.v1.JoinRequest;
import io.penstock.brokerapi.v1.JoinResponse;
import io.penstock.brokerapi.v1.RegisterRequest;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.RenewCertificateRequest;
import io.penstock.brokerapi.v1.RenewCertificateResponse;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What brokers call. Says who may call what, and hands everything on.
final class BrokerControlService extends BrokerControlGrpc.BrokerControlImplBase {
    private static final Logger log = LoggerFactory.getLogger(BrokerControlService.class);
    private static final Metadata.Key<String> SESSION_HEADER =
            Metadata.Key.of("penstock-session", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> SESSION = Context.key("penstock-session");
    /// What a connection within TLS has shown.
    static final Context.Key<Optional<X509Certificate>> CERTIFICATE =
            Context.keyWithDefault("certificate", Optional.empty());

    private final BrokerRegistry registry;
    private final BrokerFacts facts;
    private final AdminCalls adminCalls;
    private final Optional<BrokerJoining> joining;

    /// @param joining empty: no brokers join from other hosts
    BrokerControlService(
            BrokerRegistry registry, BrokerFacts facts, AdminCalls adminCalls, Optional<BrokerJoining> joining) {
        this.registry = registry;
        this.facts = facts;
        this.adminCalls = adminCalls;
        this.joining = joining;
    }

    /// Carries the session token from the call's metadata to the methods.
    static ServerInterceptor sessions() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String token = headers.get(SESSION_HEADER);
                Context context = Context.current().withValue(SESSION, token == null ? "" : token);
                return Contexts.interceptCall(context, call, headers, next);
            }
        };
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
        answer(answer, () -> joining().join(request, CERTIFICATE.get()));
    }

    @Override
    public void renewCertificate(RenewCertificateRequest request, StreamObserver<RenewCertificateResponse> answer) {
        answer(
                answer,
                () -> joining()
                        .renew(
                                request,
                                CERTIFICATE
                                        .get()
                                        .orElseThrow(() -> new RefusedException(
                                                Status.Code.UNAUTHENTICATED,
                                                "show the certificate that is to be renewed"))));
    }

    private BrokerJoining joining() {
        return joining.orElseThrow(() ->
                new RefusedException(Status.Code.UNIMPLEMENTED, "no brokers join from other hosts: penstock.grpc.tls"));
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> answer) {
        answer(answer, () -> registry.register(request));
    }

    @Override
    public StreamObserver<BrokerMessage> session(StreamObserver<ControlMessage> answer) {
        var out = (ServerCallStreamObserver<ControlMessage>) answer;
        try {
            var session = new BrokerSession(registry.authenticate(SESSION.get()).id(), out);
            var messages = new Messages(session, out);
            out.setOnReadyHandler(session::ready);
            out.setOnCancelHandler(messages::over);
            return messages;
        } catch (RefusedException e) {
            out.onError(e.status().asRuntimeException());
            return new Refused();
        }
    }

    /// What comes on one stream, one message after the other.
    private final class Messages implements StreamObserver<BrokerMessage> {
        private final BrokerSession session;
        private final ServerCallStreamObserver<ControlMessage> out;
        private boolean greeted;

        Messages(BrokerSession session, ServerCallStreamObserver<ControlMessage> out) {
            this.session = session;
            this.out = out;
        }

        @Override
        public void onNext(BrokerMessage message) {
            try {
                if (greeted) {
                    registry.heard(session, message, facts);
                } else if (message.getBodyCase() == BrokerMessage.BodyCase.HELLO) {
                    registry.connected(session, message.getHello());
                    greeted = true;
                } else {
                    throw new RefusedException(
                            Status.Code.FAILED_PRECONDITION, "the first message of a session is hello");
                }
            } catch (RefusedException e) {
                out.onError(e.status().asRuntimeException());
            } catch (RuntimeException e) {
                // One message that cannot be dealt with must not cost the broker its stream.
                log.warn("event=broker_message_failed broker={} kind={}", session.brokerId(), message.getBodyCase(), e);
            }
        }

        @Override
        public void onError(Throwable cause) {
            over();
        }

        @Override
        public void onCompleted() {
            over();
            session.end();
        }

        void over() {
            if (greeted) {
                registry.disconnected(session);
            }
        }
    }

    private static final class Refused implements StreamObserver<BrokerMessage> {
        @Override
        public void onNext(BrokerMessage message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    @Override
    public void createTopics(CreateTopicsCall call, StreamObserver<AdminReply> answer) {
        administer(answer, () -> adminCalls.createTopics(call));
    }

    @Override
    public void createPartitions(CreatePartitionsCall call, StreamObserver<AdminReply> answer) {
        administer(answer, () -> adminCalls.createPartitions(call));
    }

    @Override
    public void deleteTopics(DeleteTopicsCall call, StreamObserver<AdminReply> answer) {
        administer(answer, () -> adminCalls.deleteTopics(call));
    }

    @Override
    public void alterConfigs(AlterConfigsCall call, StreamObserver<AdminReply> answer) {
        administer(answer, () -> adminCalls.alterConfigs(call));
    }

    @Override
    public void forward(ForwardCall call, StreamObserver<ForwardReply> answer) {
        administer(answer, () -> adminCalls.forward(call));
    }

    private <A> void administer(StreamObserver<A> answer, Supplier<A> call) {
        answer(answer, () -> {
            registry.authenticate(SESSION.get());
            return call.get();
        });
    }

    private static <A> void answer(StreamObserver<A> answer, Supplier<A> call) {
        @Nullable A result = null;
        try {
            result = call.get();
        } catch (RefusedException e) {
            answer.onError(e.status().asRuntimeException());
        } catch (RuntimeException e) {
            log.warn("event=broker_call_failed", e);
            answer.onError(Status.UNAVAILABLE
                    .withDescription("the control plane could not do it: " + e.getMessage() + "; try again")
                    .asRuntimeException());
        }
        if (result != null) {
            answer.onNext(result);
            answer.onCompleted();
        }
    }
}
