// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.authenticator.SaslInternalConfigs;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslServer;
import org.apache.kafka.common.security.plain.PlainAuthenticateCallback;
import org.apache.kafka.common.security.plain.internals.PlainSaslServer;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;

/// One conversation in which a client proves who it is, held by Kafka's own SASL servers. Not for sharing between
/// threads.
///
/// PLAIN and SCRAM look at the same keys: a password that is shown is turned into them, so none is ever kept.
public final class SaslExchange {
    private final SaslMechanism mechanism;
    private final SaslServer server;

    private SaslExchange(SaslMechanism mechanism, SaslServer server) {
        this.mechanism = mechanism;
        this.server = server;
    }

    public static SaslExchange begin(SaslMechanism mechanism, SaslIdentities identities) {
        try {
            return new SaslExchange(
                    mechanism,
                    switch (mechanism) {
                        case SCRAM_SHA_256, SCRAM_SHA_512 ->
                            new ScramSaslServer(internal(mechanism), Map.of(), new Scram(scram(mechanism), identities));
                        case PLAIN -> new PlainSaslServer(new Plain(identities));
                        case OAUTHBEARER -> new OAuthBearerSaslServer(new Bearer(identities));
                    });
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public SaslMechanism mechanism() {
        return mechanism;
    }

    /// Takes what the client sent. After Proven or Refused the exchange is over.
    public SaslStep evaluate(byte[] token) {
        try {
            byte[] answer = server.evaluateResponse(token);
            ByteBuffer told = ByteBuffer.wrap(answer == null ? new byte[0] : answer);
            if (!server.isComplete()) {
                return new SaslStep.Challenge(told);
            }
            Long expiresAt = (Long) server.getNegotiatedProperty(
                    SaslInternalConfigs.CREDENTIAL_LIFETIME_MS_SASL_NEGOTIATED_PROPERTY_KEY);
            return new SaslStep.Proven(
                    told,
                    server.getAuthorizationID(),
                    expiresAt == null ? OptionalLong.empty() : OptionalLong.of(expiresAt));
        } catch (SaslAuthenticationException e) {
            return new SaslStep.Refused(Optional.ofNullable(e.getMessage()));
        } catch (SaslException | AuthenticationException e) {
            return new SaslStep.Refused(Optional.empty());
        }
    }

    private static ScramMechanism scram(SaslMechanism mechanism) {
        return ScramMechanism.fromMechanismName(mechanism.kafkaName());
    }

    private static org.apache.kafka.common.security.scram.internals.ScramMechanism internal(SaslMechanism mechanism) {
        return org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(mechanism.kafkaName());
    }

    /// Delegation tokens, the third thing that Kafka's SCRAM may ask for, are not served: such a client is refused.
    private record Scram(ScramMechanism mechanism, SaslIdentities identities) implements CallbackHandler {
        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            String user = "";
            for (Callback callback : callbacks) {
                switch (callback) {
                    case NameCallback name -> user = name.getDefaultName();
                    case ScramCredentialCallback keys ->
                        identities.scram(user, mechanism).ifPresent(keys::scramCredential);
                    default -> throw new UnsupportedCallbackException(callback);
                }
            }
        }
    }

    private record Plain(SaslIdentities identities) implements CallbackHandler {
        private static final List<SaslMechanism> KEYS =
                List.of(SaslMechanism.SCRAM_SHA_512, SaslMechanism.SCRAM_SHA_256);

        /// For a user that is not there, so that it takes as long to be refused: no password has such a key.
        private static final ScramCredential NOBODY =
                new ScramCredential(new byte[16], new byte[64], new byte[64], 4096);

        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            String user = "";
            for (Callback callback : callbacks) {
                switch (callback) {
                    case NameCallback name -> user = name.getDefaultName();
                    case PlainAuthenticateCallback shown ->
                        shown.authenticated(opens(user, new String(shown.password())));
                    default -> throw new UnsupportedCallbackException(callback);
                }
            }
        }

        private boolean opens(String user, String password) {
            for (SaslMechanism mechanism : KEYS) {
                Optional<ScramCredential> keys = identities.scram(user, scram(mechanism));
                if (keys.isPresent()) {
                    return matches(mechanism, keys.get(), password);
                }
            }
            return matches(SaslMechanism.SCRAM_SHA_512, NOBODY, password);
        }

        private static boolean matches(SaslMechanism mechanism, ScramCredential keys, String password) {
            try {
                ScramFormatter formatter = new ScramFormatter(internal(mechanism));
                byte[] salted = formatter.saltedPassword(password, keys.salt(), keys.iterations());
                return MessageDigest.isEqual(formatter.storedKey(formatter.clientKey(salted)), keys.storedKey());
            } catch (NoSuchAlgorithmException | InvalidKeyException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Bearer(SaslIdentities identities) implements AuthenticateCallbackHandler {
        @Override
        public void configure(Map<String, ?> configs, String saslMechanism, List<AppConfigurationEntry> entries) {}

        @Override
        public void close() {}

        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            for (Callback callback : callbacks) {
                switch (callback) {
                    case OAuthBearerValidatorCallback shown -> {
                        try {
                            shown.token(identities.token(shown.tokenValue()));
                        } catch (JwtValidatorException e) {
                            // As Kafka's own handler: the reason may tell about the issuer.
                            shown.error("invalid_token", null, null);
                        }
                    }
                    case OAuthBearerExtensionsValidatorCallback extensions -> {
                        SaslExtensions sent = extensions.inputExtensions();
                        sent.map().keySet().forEach(extensions::valid);
                    }
                    default -> throw new UnsupportedCallbackException(callback);
                }
            }
        }
    }
}
