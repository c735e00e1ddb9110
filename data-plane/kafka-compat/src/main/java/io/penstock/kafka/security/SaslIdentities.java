// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.util.Optional;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.security.oauthbearer.JwtValidatorException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.scram.ScramCredential;

/// Whom a cluster knows. May be asked on any thread.
public interface SaslIdentities {
    /// Salt and keys of a user; empty if there are none, or none that open anything now.
    Optional<ScramCredential> scram(String user, ScramMechanism mechanism);

    /// Who the token speaks for. May wait for the issuer's keys.
    ///
    /// @throws JwtValidatorException if the token opens nothing here
    OAuthBearerToken token(String compactJwt) throws JwtValidatorException;
}
