// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.authentication.Authentication.Step;
import io.penstock.broker.authentication.Authentication.TokenStep;
import io.penstock.broker.testing.Exchanges;
import io.penstock.kafka.security.SaslMechanism;
import io.penstock.metadata.ScramPlan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.SaslClient;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.apache.kafka.common.security.scram.internals.ScramSaslClient;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
    private static final KafkaPrincipal ORDERS = new KafkaPrincipal("User", "sa_orders");
    private static final long NOW_MILLIS = 1_000_000;

    private final Users users = new Users();
    private long nanos = 5;

    /// Users of whom the test decides everything.
    private static final class Users implements Identities {
        private final Map<String, ScramCredential> keys = new HashMap<>();
        private final Map<String, Identity> identities = new HashMap<>();
        private boolean ready = true;

        void add(String user, String password, KafkaPrincipal principal, OptionalLong expiresAt) {
            keys.put(user, ScramPlan.keys(ScramMechanism.SCRAM_SHA_256, password));
            identities.put(user, new Identity(principal, expiresAt));
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public Optional<ScramCredential> scram(String user, ScramMechanism mechanism) {
            return mechanism == ScramMechanism.SCRAM_SHA_256 ? Optional.ofNullable(keys.get(user)) : Optional.empty();
        }

        @Override
        public OAuthBearerToken token(String compactJwt) throws JwtValidatorException {
            if (!compactJwt.equals("good")) {
                throw new JwtValidatorException("no");
            }
            return new Token();
        }

        @Override
        public Optional<Identity> identity(SaslMechanism mechanism, String user) {
            return Optional.ofNullable(identities.get(user));
        }
    }

    private static final class Token implements OAuthBearerToken {
        @Override
        public String value() {
            return "good";
        }

        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return NOW_MILLIS + 60_000;
        }

        @Override
        public String principalName() {
            return "key_1";
        }

        @Override
        public Long startTimeMs() {
            return NOW_MILLIS;
        }
    }

    private Authentication connection(Duration maxSession) {
        return new Authentication(
                new ListenerPolicy(false, users, maxSession, Duration.ofSeconds(9), Duration.ZERO, 1000), true, false);
    }

    private Step send(Authentication connection, ApiKeys api, int version, ApiMessage body) {
        var exchange = Exchanges.of(api, version, body);
        return connection.take(exchange.context(), exchange.body(), nanos, NOW_MILLIS);
    }

    private Step handshake(Authentication connection, String mechanism) {
        return send(connection, ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism(mechanism));
    }

    private Step token(Authentication connection, byte[] token) {
        return send(connection, ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(token));
    }

    private Step plain(Authentication connection, String user, String password) {
        return token(connection, ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Step metadata(Authentication connection) {
        return send(connection, ApiKeys.METADATA, 12, new MetadataRequestData());
    }

    private static SaslClient scramClient(String user, String password) throws Exception {
        return new ScramSaslClient(
                org.apache.kafka.common.security.scram.internals.ScramMechanism.SCRAM_SHA_256, callbacks -> {
                    for (Callback callback : callbacks) {
                        switch (callback) {
                            case NameCallback name -> name.setName(user);
                            case PasswordCallback asked -> asked.setPassword(password.toCharArray());
                            case ScramExtensionsCallback extensions -> {}
                            default -> throw new IllegalStateException(callback.toString());
                        }
                    }
                });
    }

    private static SaslAuthenticateResponse answer(Step step) {
        return switch (step) {
            case Step.Established established -> (SaslAuthenticateResponse) established.response();
            case Step.Rejected rejected -> (SaslAuthenticateResponse) rejected.response();
            case Step.Answered answered -> (SaslAuthenticateResponse) answered.response();
            case Step.Admitted admitted -> throw new AssertionError("admitted");
            case Step.Closed closed -> throw new AssertionError(closed.reason());
        };
    }

    @Test
    void aUserWhoKnowsThePasswordSpeaksForItsPrincipal() throws Exception {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication connection = connection(Duration.ZERO);
        SaslClient client = scramClient("key_1", "secret");

        assertThat(send(
                        connection,
                        ApiKeys.API_VERSIONS,
                        3,
                        new ApiVersionsRequestData().setClientSoftwareName("me").setClientSoftwareVersion("1")))
                .isInstanceOf(Step.Admitted.class);
        assertThat(handshake(connection, "SCRAM-SHA-256")).isInstanceOf(Step.Answered.class);
        Step first = token(connection, client.evaluateChallenge(new byte[0]));
        Step second = token(connection, client.evaluateChallenge(answer(first).saslAuthBytes()));
        client.evaluateChallenge(answer(second).saslAuthBytes());

        assertThat(client.isComplete()).isTrue();
        assertThat(second)
                .isInstanceOfSatisfying(
                        Step.Established.class,
                        established -> assertThat(established.principal()).isEqualTo(ORDERS));
        assertThat(answer(second).sessionLifetimeMs()).isZero();
        assertThat(metadata(connection)).isInstanceOf(Step.Admitted.class);
        assertThat(connection.isEstablished()).isTrue();
    }

    @Test
    void beforeThatNothingElseIsParsedAndNothingElseIsDone() {
        Authentication connection = connection(Duration.ZERO);

        assertThat(connection.looksAt(Set.of(ApiKeys.METADATA)))
                .containsExactlyInAnyOrder(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);
        assertThat(connection.isEstablished()).isFalse();
        assertThat(metadata(connection))
                .isEqualTo(new Step.Closed("Unexpected Kafka request of type METADATA during SASL handshake."));
        assertThat(handshake(connection, "PLAIN")).isInstanceOf(Step.Closed.class);
    }

    @Test
    void aTokenWithoutAHandshakeEndsTheConnection() {
        assertThat(plain(connection(Duration.ZERO), "key_1", "secret")).isInstanceOf(Step.Closed.class);
    }

    @Test
    void anotherRequestInTheMiddleIsAnsweredAsKafkaDoes() {
        Authentication connection = connection(Duration.ZERO);
        handshake(connection, "SCRAM-SHA-256");

        Step step = send(connection, ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());

        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Rejected.class,
                        rejected -> assertThat(rejected.response().errorCounts())
                                .containsOnlyKeys(Errors.ILLEGAL_SASL_STATE));
    }

    @Test
    void wrongPasswordsAndUnknownUsersAreToldTheSame() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication wrong = connection(Duration.ZERO);
        handshake(wrong, "PLAIN");
        Authentication unknown = connection(Duration.ZERO);
        handshake(unknown, "PLAIN");

        Step wrongStep = plain(wrong, "key_1", "guess");
        Step unknownStep = plain(unknown, "nobody", "guess");

        assertThat(answer(wrongStep).error()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(answer(wrongStep).errorMessage())
                .isEqualTo("Authentication failed: Invalid username or password")
                .isEqualTo(answer(unknownStep).errorMessage());
        assertThat(plain(wrong, "key_1", "secret")).isInstanceOf(Step.Closed.class);
    }

    @Test
    void plainIsOfferedWithinTlsOnly() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication open = new Authentication(ListenerPolicy.authenticated(users), false, false);
        Authentication encrypted = connection(Duration.ZERO);

        Step refused = handshake(open, "PLAIN");
        handshake(encrypted, "PLAIN");

        assertThat(refused).isInstanceOfSatisfying(Step.Rejected.class, rejected -> {
            SaslHandshakeResponse response = (SaslHandshakeResponse) rejected.response();
            assertThat(response.error()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM);
            assertThat(response.enabledMechanisms()).containsExactly("SCRAM-SHA-512", "SCRAM-SHA-256");
        });
        assertThat(plain(encrypted, "key_1", "secret")).isInstanceOf(Step.Established.class);
    }

    @Test
    void aBearerTokenEndsItsSessionWithItself() {
        users.add("key_1", "unused", ORDERS, OptionalLong.empty());
        Authentication connection = connection(Duration.ofHours(1));
        handshake(connection, "OAUTHBEARER");

        Step step = token(connection, "n,,\u0001auth=Bearer good\u0001\u0001".getBytes(StandardCharsets.UTF_8));

        assertThat(answer(step).sessionLifetimeMs()).isEqualTo(60_000);
    }

    @Test
    void aSessionEndsWithoutANewProofAndGoesOnWithOne() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        users.add("key_2", "other", ORDERS, OptionalLong.of(NOW_MILLIS + 20_000));
        Authentication connection = connection(Duration.ofSeconds(60));
        handshake(connection, "PLAIN");
        assertThat(answer(plain(connection, "key_1", "secret")).sessionLifetimeMs())
                .isEqualTo(60_000);

        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(metadata(connection)).isInstanceOf(Step.Admitted.class);
        handshake(connection, "PLAIN");
        Step again = plain(connection, "key_2", "other");
        nanos += Duration.ofSeconds(19).toNanos();

        assertThat(answer(again).sessionLifetimeMs()).isEqualTo(20_000);
        assertThat(metadata(connection)).isInstanceOf(Step.Admitted.class);
        nanos += Duration.ofSeconds(2).toNanos();
        assertThat(metadata(connection)).isEqualTo(new Step.Closed("the session of User:sa_orders is over"));
    }

    @Test
    void aNewProofChangesNeitherPrincipalNorMechanism() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        users.add("key_2", "secret", new KafkaPrincipal("User", "sa_pay"), OptionalLong.empty());
        Authentication principal = established();
        Authentication mechanism = established();
        nanos += Duration.ofSeconds(2).toNanos();

        handshake(principal, "PLAIN");
        handshake(mechanism, "SCRAM-SHA-256");

        assertThat(answer(plain(principal, "key_2", "secret")).errorMessage())
                .isEqualTo("Cannot change principals during re-authentication from User.sa_orders: User.sa_pay");
        assertThat(answer(token(mechanism, new byte[] {1})).errorMessage())
                .isEqualTo("SASL mechanism 'SCRAM-SHA-256' requested by client is not supported for re-authentication"
                        + " of mechanism 'PLAIN'");
    }

    @Test
    void aHandshakeThatComesTooSoonIsNoReauthentication() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());

        assertThat(handshake(established(), "PLAIN")).isInstanceOf(Step.Admitted.class);
    }

    @Test
    void whoseCredentialIsTakenAwayIsOutWithTheNextRequest() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication connection = established();

        users.identities.clear();

        assertThat(metadata(connection)).isEqualTo(new Step.Closed("the credential of User:sa_orders is gone"));
    }

    private Authentication established() {
        Authentication connection = connection(Duration.ZERO);
        handshake(connection, "PLAIN");
        assertThat(plain(connection, "key_1", "secret")).isInstanceOf(Step.Established.class);
        return connection;
    }

    @Test
    void beforeTheMetadataAreReadNobodyIsRefusedForGood() {
        users.ready = false;

        assertThat(handshake(connection(Duration.ZERO), "PLAIN")).isInstanceOf(Step.Closed.class);
    }

    @Test
    void tokensOfTheOldestHandshakeComeBare() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication connection = connection(Duration.ZERO);

        send(connection, ApiKeys.SASL_HANDSHAKE, 0, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        assertThat(connection.expectsToken()).isTrue();
        TokenStep step = connection.takeToken("\0key_1\0secret".getBytes(StandardCharsets.UTF_8), nanos, NOW_MILLIS);

        assertThat(step)
                .isInstanceOfSatisfying(
                        TokenStep.Answered.class,
                        answered -> assertThat(answered.principal()).contains(ORDERS));
        assertThat(connection.expectsToken()).isFalse();
        assertThat(metadata(connection)).isInstanceOf(Step.Admitted.class);
    }

    @Test
    void onAnOpenListenerOneMayStayUnknownOrSayWhoOneIsFirst() {
        users.add("key_1", "secret", ORDERS, OptionalLong.empty());
        Authentication unknown = new Authentication(ListenerPolicy.open(users), true, false);
        Authentication known = new Authentication(ListenerPolicy.open(users), true, false);

        assertThat(metadata(unknown)).isInstanceOf(Step.Admitted.class);
        assertThat(handshake(unknown, "PLAIN")).isInstanceOf(Step.Admitted.class);
        handshake(known, "PLAIN");
        assertThat(metadata(known)).isInstanceOf(Step.Rejected.class);
    }
}
