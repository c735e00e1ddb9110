// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.TokenVerifier;
import io.penstock.kafka.security.TokenVerifier.Issuer;
import io.penstock.log.LogRuntime;
import io.penstock.metadata.ClusterImage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whose bearer tokens open one cluster, as its metadata say. Its keys are fetched beside everything else: nobody waits
/// for an issuer that is slow, and tokens open nothing until its keys are here.
public final class TrustedIssuer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrustedIssuer.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(10);

    private final LogRuntime runtime;
    private final Executor waiting;

    // Guarded by this, written by whoever holds it; read by anybody.
    private Optional<Issuer> wanted = Optional.empty();
    private volatile Optional<TokenVerifier> verifier = Optional.empty();
    private boolean closed;

    /// @param waiting threads that may wait
    public TrustedIssuer(LogRuntime runtime, Executor waiting) {
        this.runtime = runtime;
        this.waiting = waiting;
    }

    /// To be told of every image; costs nothing while the issuer is the same.
    public synchronized void imageChanged(ClusterImage newest) {
        Optional<Issuer> now = Issuer.in(newest.configs(new ConfigResource(ConfigResource.Type.BROKER, "")));
        if (!now.equals(wanted)) {
            wanted = now;
            replace(Optional.empty());
            now.ifPresent(issuer -> waiting.execute(() -> fetch(issuer)));
        }
    }

    private void fetch(Issuer issuer) {
        if (!isWanted(issuer)) {
            return;
        }
        TokenVerifier fetched;
        try {
            fetched = new TokenVerifier(issuer);
        } catch (KafkaException e) {
            log.warn("issuer={} gives no keys now: {}", issuer.issuer(), e.toString());
            runtime.schedule(TRY_AGAIN, waiting, () -> fetch(issuer));
            return;
        }
        synchronized (this) {
            if (isWanted(issuer)) {
                replace(Optional.of(fetched));
                return;
            }
        }
        fetched.close();
    }

    private synchronized boolean isWanted(Issuer issuer) {
        return !closed && wanted.equals(Optional.of(issuer));
    }

    private synchronized void replace(Optional<TokenVerifier> by) {
        verifier.ifPresent(TokenVerifier::close);
        verifier = by;
    }

    /// @throws JwtValidatorException if the token opens nothing here
    OAuthBearerToken verify(String compactJwt) throws JwtValidatorException {
        Optional<TokenVerifier> present = verifier;
        if (present.isEmpty()) {
            throw new JwtValidatorException("no issuer of tokens is trusted here, or its keys are not here yet");
        }
        return present.get().verify(compactJwt);
    }

    /// Whether tokens are looked at.
    public boolean hasKeys() {
        return verifier.isPresent();
    }

    @Override
    public synchronized void close() {
        closed = true;
        replace(Optional.empty());
    }
}
