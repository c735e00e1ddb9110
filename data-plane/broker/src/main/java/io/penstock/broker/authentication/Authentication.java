// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.SaslExchange;
import io.penstock.kafka.security.SaslMechanism;
import io.penstock.kafka.security.SaslStep;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Utils;

/// What one connection has proven, and what may follow: Kafka's SASL conversation (handshake, tokens, re-authentication
/// after KIP-368) without its network. Not for sharing between threads; time comes from outside.
public final class Authentication {
    /// As Kafka: a handshake that comes sooner is answered as any other request.
    private static final long SHORTEST_SESSION_NANOS = Duration.ofSeconds(1).toNanos();

    /// What is to be done with a request.
    public sealed interface Step {
        /// It goes on to its handler.
        record Admitted() implements Step {}

        /// It is answered here.
        record Answered(AbstractResponse response) implements Step {}

        /// It is answered here, and the connection speaks for this principal from now on.
        record Established(AbstractResponse response, KafkaPrincipal principal) implements Step {}

        /// It is answered after a delay, then the connection is closed.
        record Rejected(AbstractResponse response, String reason) implements Step {}

        record Closed(String reason) implements Step {}
    }

    /// What is to be done with a token that came without a request around it (SaslHandshake version 0).
    public sealed interface TokenStep {
        /// @param principal whom the connection speaks for from now on; empty: more has to be said
        record Answered(ByteBuffer token, Optional<KafkaPrincipal> principal) implements TokenStep {}

        record Closed(String reason) implements TokenStep {}
    }

    private sealed interface State {
        /// Whether the connection's requests are its principal's, whoever that is.
        default boolean admits() {
            return false;
        }
    }

    /// Nothing is proven yet.
    private record Unproven() implements State {}

    /// Let in without SASL.
    ///
    /// @param fresh whether it can still say who it is
    private record LetIn(boolean fresh) implements State {
        @Override
        public boolean admits() {
            return true;
        }
    }

    /// @param bare whether tokens come without a request around them
    /// @param before what was proven before, when it is proven again
    private record Proving(SaslExchange exchange, boolean bare, Optional<Proven> before) implements State {}

    /// @param endsAtNanos when the session is over; empty: never
    private record Proven(
            SaslMechanism mechanism, String user, KafkaPrincipal principal, long sinceNanos, OptionalLong endsAtNanos)
            implements State {
        @Override
        public boolean admits() {
            return true;
        }
    }

    private record Over() implements State {}

    private static final Step ADMITTED = new Step.Admitted();
    private static final Set<ApiKeys> BEFORE =
            Set.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    private final ListenerPolicy policy;
    private final boolean encrypted;
    private State state;

    /// @param encrypted whether the connection is within TLS
    /// @param certified whether the client has shown a certificate that is trusted: it may go on under the name
    ///     in it
    public Authentication(ListenerPolicy policy, boolean encrypted, boolean certified) {
        this.policy = policy;
        this.encrypted = encrypted;
        state = policy.anonymous() || certified ? new LetIn(true) : new Unproven();
    }

    /// The requests that are looked at at all, of those that are served: what is not is not even parsed.
    public Set<ApiKeys> looksAt(Set<ApiKeys> served) {
        return state.admits() ? served : BEFORE;
    }

    /// Whether the connection may send requests as large as anybody's.
    public boolean isEstablished() {
        return state.admits();
    }

    /// Whether the next bytes are a token and no request.
    public boolean expectsToken() {
        return state instanceof Proving proving && proving.bare();
    }

    public Step take(RequestContext context, AbstractRequest request, long nowNanos, long nowMillis) {
        Step step = switch (state) {
            case Unproven unproven -> first(request, context);
            case LetIn letIn -> letIn(letIn, request, context);
            case Proving proving -> more(proving, request, context, nowNanos, nowMillis);
            case Proven proven -> later(proven, request, context, nowNanos);
            case Over over -> new Step.Closed("authentication failed before");
        };
        if (step instanceof Step.Rejected || step instanceof Step.Closed) {
            state = new Over();
        }
        return step;
    }

    /// Only where [#expectsToken].
    public TokenStep takeToken(byte[] token, long nowNanos, long nowMillis) {
        Proving proving = (Proving) state;
        TokenStep step = switch (proving.exchange().evaluate(token)) {
            case SaslStep.Challenge(ByteBuffer challenge) -> new TokenStep.Answered(challenge, Optional.empty());
            case SaslStep.Proven proof -> {
                Outcome outcome = established(proving, proof, nowNanos, nowMillis);
                yield outcome.problem().isPresent()
                        ? new TokenStep.Closed(outcome.problem().get())
                        : new TokenStep.Answered(
                                proof.token(),
                                Optional.of(outcome.proven().orElseThrow().principal()));
            }
            case SaslStep.Refused refused -> new TokenStep.Closed(invalid(proving));
        };
        if (step instanceof TokenStep.Closed) {
            state = new Over();
        }
        return step;
    }

    private Step first(AbstractRequest request, RequestContext context) {
        return switch (request) {
            case ApiVersionsRequest versions -> ADMITTED;
            case SaslHandshakeRequest handshake -> begin(handshake, context, Optional.empty());
            default ->
                new Step.Closed(
                        "Unexpected Kafka request of type " + context.header.apiKey() + " during SASL handshake.");
        };
    }

    private Step letIn(LetIn letIn, AbstractRequest request, RequestContext context) {
        if (letIn.fresh() && request instanceof SaslHandshakeRequest handshake) {
            return begin(handshake, context, Optional.empty());
        }
        if (!(request instanceof ApiVersionsRequest)) {
            state = new LetIn(false);
        }
        return ADMITTED;
    }

    private Step begin(SaslHandshakeRequest handshake, RequestContext context, Optional<Proven> before) {
        if (!policy.identities().ready()) {
            return new Step.Closed("nobody is known yet: the cluster's metadata are still being read");
        }
        List<SaslMechanism> offered = policy.mechanisms(encrypted);
        SaslHandshakeResponseData answer = new SaslHandshakeResponseData()
                .setMechanisms(offered.stream().map(SaslMechanism::kafkaName).toList());
        String asked = handshake.data().mechanism();
        Optional<SaslMechanism> mechanism = SaslMechanism.named(asked).filter(offered::contains);
        if (mechanism.isEmpty()) {
            return new Step.Rejected(
                    new SaslHandshakeResponse(answer.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code())),
                    "Unsupported SASL mechanism " + asked);
        }
        state = new Proving(
                SaslExchange.begin(mechanism.get(), policy.identities()), context.apiVersion() == 0, before);
        return new Step.Answered(new SaslHandshakeResponse(answer));
    }

    private Step more(Proving proving, AbstractRequest request, RequestContext context, long nowNanos, long nowMillis) {
        if (!(request instanceof SaslAuthenticateRequest authenticate)) {
            IllegalSaslStateException problem = new IllegalSaslStateException(
                    "Unexpected Kafka request of type " + context.header.apiKey() + " during SASL authentication.");
            return new Step.Rejected(request.getErrorResponse(problem), String.valueOf(problem.getMessage()));
        }
        Optional<String> otherMechanism = proving.before()
                .filter(before -> before.mechanism() != proving.exchange().mechanism())
                .map(before ->
                        "SASL mechanism '" + proving.exchange().mechanism().kafkaName()
                                + "' requested by client is not supported for re-authentication of mechanism '"
                                + before.mechanism().kafkaName() + "'");
        if (otherMechanism.isPresent()) {
            return rejected(otherMechanism.get());
        }
        return switch (proving.exchange().evaluate(authenticate.data().authBytes())) {
            case SaslStep.Challenge(ByteBuffer challenge) ->
                new Step.Answered(new SaslAuthenticateResponse(
                        new SaslAuthenticateResponseData().setAuthBytes(Utils.toArray(challenge))));
            case SaslStep.Proven proof -> {
                Outcome outcome = established(proving, proof, nowNanos, nowMillis);
                yield outcome.problem().isPresent()
                        ? rejected(outcome.problem().get())
                        : told(outcome.proven().orElseThrow(), proof.token());
            }
            case SaslStep.Refused(Optional<String> tellable) -> rejected(tellable.orElse(invalid(proving)));
        };
    }

    private static Step told(Proven proven, ByteBuffer token) {
        long lifetime = proven.endsAtNanos().isEmpty()
                ? 0
                : Math.max(
                        0,
                        Duration.ofNanos(proven.endsAtNanos().getAsLong() - proven.sinceNanos())
                                .toMillis());
        return new Step.Established(
                new SaslAuthenticateResponse(new SaslAuthenticateResponseData()
                        .setAuthBytes(Utils.toArray(token))
                        .setSessionLifetimeMs(lifetime)),
                proven.principal());
    }

    private static Step rejected(String reason) {
        return new Step.Rejected(
                new SaslAuthenticateResponse(new SaslAuthenticateResponseData()
                        .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
                        .setErrorMessage(reason)),
                reason);
    }

    private static String invalid(Proving proving) {
        return "Authentication failed during "
                + (proving.before().isPresent() ? "re-authentication" : "authentication")
                + " due to invalid credentials with SASL mechanism "
                + proving.exchange().mechanism().kafkaName();
    }

    /// One of the two.
    private record Outcome(Optional<Proven> proven, Optional<String> problem) {}

    private Outcome established(Proving proving, SaslStep.Proven proof, long nowNanos, long nowMillis) {
        SaslMechanism mechanism = proving.exchange().mechanism();
        Optional<Identities.Identity> identity = policy.identities().identity(mechanism, proof.user());
        if (identity.isEmpty()) {
            return new Outcome(Optional.empty(), Optional.of(invalid(proving)));
        }
        KafkaPrincipal principal = identity.get().principal();
        Optional<KafkaPrincipal> other =
                proving.before().map(Proven::principal).filter(before -> !before.equals(principal));
        if (other.isPresent()) {
            return new Outcome(
                    Optional.empty(),
                    Optional.of("Cannot change principals during re-authentication from %s.%s: %s.%s"
                            .formatted(
                                    other.get().getPrincipalType(),
                                    other.get().getName(),
                                    principal.getPrincipalType(),
                                    principal.getName())));
        }
        Proven proven = new Proven(
                mechanism,
                proof.user(),
                principal,
                nowNanos,
                sessionEnd(
                        nowNanos,
                        nowMillis,
                        proof.expiresAtMillis(),
                        identity.get().expiresAtMillis()));
        state = proven;
        return new Outcome(Optional.of(proven), Optional.empty());
    }

    /// The first of: what was shown ends, the user name ends, the listener wants a new proof.
    private OptionalLong sessionEnd(
            long nowNanos, long nowMillis, OptionalLong tokenExpires, OptionalLong userExpires) {
        long lifetimeMillis = Long.MAX_VALUE;
        if (!policy.maxSession().isZero()) {
            lifetimeMillis = policy.maxSession().toMillis();
        }
        if (tokenExpires.isPresent()) {
            lifetimeMillis = Math.min(lifetimeMillis, tokenExpires.getAsLong() - nowMillis);
        }
        if (userExpires.isPresent()) {
            lifetimeMillis = Math.min(lifetimeMillis, userExpires.getAsLong() - nowMillis);
        }
        return lifetimeMillis == Long.MAX_VALUE
                ? OptionalLong.empty()
                : OptionalLong.of(nowNanos
                        + Duration.ofMillis(Math.max(0, lifetimeMillis)).toNanos());
    }

    private Step later(Proven proven, AbstractRequest request, RequestContext context, long nowNanos) {
        if (request instanceof SaslHandshakeRequest handshake
                && nowNanos - proven.sinceNanos() >= SHORTEST_SESSION_NANOS) {
            return begin(handshake, context, Optional.of(proven));
        }
        if (proven.endsAtNanos().isPresent() && nowNanos - proven.endsAtNanos().getAsLong() > 0) {
            return new Step.Closed("the session of " + proven.principal() + " is over");
        }
        if (policy.identities().identity(proven.mechanism(), proven.user()).isEmpty()) {
            return new Step.Closed("the credential of " + proven.principal() + " is gone");
        }
        return ADMITTED;
    }
}
