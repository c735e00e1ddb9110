// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.SaslMechanism;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Credential;
import io.penstock.metadata.ScramPlan;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.scram.ScramCredential;

/// The users of the newest image, and those for whom the issuer that it trusts vouches.
public final class ClusterIdentities implements Identities {
    private final Supplier<ClusterImage> image;
    private final Optional<PeerCredential> peers;
    private final TrustedIssuer issuer;
    private final LongSupplier wallMillis;

    /// @param peers by what other brokers of the cluster are known; empty: they are not
    public ClusterIdentities(
            Supplier<ClusterImage> image,
            Optional<PeerCredential> peers,
            TrustedIssuer issuer,
            LongSupplier wallMillis) {
        this.image = image;
        this.peers = peers;
        this.issuer = issuer;
        this.wallMillis = wallMillis;
    }

    @Override
    public boolean ready() {
        return image.get().number() > 0;
    }

    @Override
    public Optional<ScramCredential> scram(String user, ScramMechanism mechanism) {
        if (user.equals(PeerCredential.USER)) {
            return peers.flatMap(peer -> peer.keys(mechanism));
        }
        ClusterImage now = image.get();
        Credential issued = now.credentials().get(user);
        return issued != null && issued.isExpired(wallMillis.getAsLong())
                ? Optional.empty()
                : ScramPlan.keys(now, user, mechanism);
    }

    @Override
    public OAuthBearerToken token(String compactJwt) throws JwtValidatorException {
        return issuer.verify(compactJwt);
    }

    @Override
    public Optional<Identity> identity(SaslMechanism mechanism, String user) {
        return switch (mechanism) {
            case SCRAM_SHA_256 -> withKeys(user, ScramMechanism.SCRAM_SHA_256);
            case SCRAM_SHA_512 -> withKeys(user, ScramMechanism.SCRAM_SHA_512);
            case PLAIN ->
                withKeys(user, ScramMechanism.SCRAM_SHA_512).or(() -> withKeys(user, ScramMechanism.SCRAM_SHA_256));
            case OAUTHBEARER -> Optional.of(new Identity(principal(user), OptionalLong.empty()));
        };
    }

    private Optional<Identity> withKeys(String user, ScramMechanism mechanism) {
        return scram(user, mechanism).map(keys -> {
            if (user.equals(PeerCredential.USER)) {
                return new Identity(PeerCredential.PRINCIPAL, OptionalLong.empty());
            }
            Credential issued = image.get().credentials().get(user);
            return issued == null
                    ? new Identity(principal(user), OptionalLong.empty())
                    : new Identity(principal(issued.principal()), issued.expiresAtMillis());
        });
    }

    private static KafkaPrincipal principal(String name) {
        return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, name);
    }
}
