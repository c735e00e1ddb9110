// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.SaslIdentities;
import io.penstock.kafka.security.SaslMechanism;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/// Whom a cluster knows, and for whom they stand. May be asked on any thread.
public interface Identities extends SaslIdentities {
    /// @param expiresAtMillis since the epoch; empty: never
    record Identity(KafkaPrincipal principal, OptionalLong expiresAtMillis) {}

    /// Whether anybody can be known yet: before the first image, nobody is refused for good.
    boolean ready();

    /// For whom a user stands that has proven itself this way; empty: not any more.
    Optional<Identity> identity(SaslMechanism mechanism, String user);
}
