// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.security.oauthbearer.BrokerJwtValidator;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;

/// Kafka's own check of bearer tokens (signature, issuer, audience, times) against one issuer's keys, which are fetched
/// anew from time to time.
public final class TokenVerifier implements AutoCloseable {
    /// Kafka insists on one; none of its options is looked at for keys that are fetched without a credential.
    private static final AppConfigurationEntry NO_OPTIONS = new AppConfigurationEntry(
            OAuthBearerLoginModule.class.getName(), LoginModuleControlFlag.REQUIRED, Map.of());

    private final BrokerJwtValidator validator;

    /// Whose tokens open a cluster.
    ///
    /// @param keysUrl where the issuer's JSON Web Key Set is
    /// @param issuer the `iss` claim that tokens must have
    /// @param audience the `aud` claim that tokens must have: those for others open nothing here
    /// @param principalClaim which claim names the principal; usually `sub`
    public record Issuer(String keysUrl, String issuer, String audience, String principalClaim) {
        /// As a cluster's settings say it, in Kafka's words; empty if tokens open nothing.
        public static Optional<Issuer> in(Map<String, String> configs) {
            String url = configs.get(SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL);
            String issuer = configs.get(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER);
            String audience = configs.get(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE);
            return url == null || issuer == null || audience == null
                    ? Optional.empty()
                    : Optional.of(new Issuer(
                            url,
                            issuer,
                            audience,
                            configs.getOrDefault(SaslConfigs.SASL_OAUTHBEARER_SUB_CLAIM_NAME, "sub")));
        }
    }

    /// Waits for the issuer's keys.
    ///
    /// @throws org.apache.kafka.common.KafkaException if they cannot be had now
    public TokenVerifier(Issuer issuer) {
        allow(issuer.keysUrl());
        Map<String, Object> configs = new HashMap<>();
        configs.put(SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL, issuer.keysUrl());
        configs.put(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER, issuer.issuer());
        configs.put(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE, List.of(issuer.audience()));
        configs.put(SaslConfigs.SASL_OAUTHBEARER_SUB_CLAIM_NAME, issuer.principalClaim());
        configs.put(
                SaslConfigs.SASL_OAUTHBEARER_SCOPE_CLAIM_NAME, SaslConfigs.DEFAULT_SASL_OAUTHBEARER_SCOPE_CLAIM_NAME);
        configs.put(
                SaslConfigs.SASL_OAUTHBEARER_CLOCK_SKEW_SECONDS,
                SaslConfigs.DEFAULT_SASL_OAUTHBEARER_CLOCK_SKEW_SECONDS);
        configs.put(
                SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_REFRESH_MS,
                SaslConfigs.DEFAULT_SASL_OAUTHBEARER_JWKS_ENDPOINT_REFRESH_MS);
        configs.put(
                SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MS,
                SaslConfigs.DEFAULT_SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MS);
        configs.put(
                SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MAX_MS,
                SaslConfigs.DEFAULT_SASL_OAUTHBEARER_JWKS_ENDPOINT_RETRY_BACKOFF_MAX_MS);
        validator = new BrokerJwtValidator();
        validator.configure(configs, SaslMechanism.OAUTHBEARER.kafkaName(), List.of(NO_OPTIONS));
    }

    /// Kafka wants every address of keys in a property of the process; who may name one is the control plane's to say.
    private static synchronized void allow(String url) {
        String property = BrokerSecurityConfigs.ALLOWED_SASL_OAUTHBEARER_URLS_CONFIG;
        Set<String> allowed = new LinkedHashSet<>(
                Arrays.asList(System.getProperty(property, "").split(",")));
        allowed.remove("");
        if (allowed.add(url)) {
            System.setProperty(property, String.join(",", allowed));
        }
    }

    /// @throws JwtValidatorException if the token opens nothing here
    public OAuthBearerToken verify(String compactJwt) throws JwtValidatorException {
        return validator.validate(compactJwt);
    }

    @Override
    public void close() {
        try {
            validator.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
