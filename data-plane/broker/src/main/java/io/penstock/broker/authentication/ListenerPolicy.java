// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.SaslMechanism;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a cluster's listener asks of whoever connects.
///
/// @param anonymous whether a client that does not say who it is is let in as User:ANONYMOUS; it may say so all the
///     same
/// @param maxSession how long a connection may go on before it proves again who it is (Kafka's
///     `connections.max.reauth.ms`); zero: for ever
/// @param within how long a connection may take to prove who it is
/// @param failureDelay before a refusal is told, so that guessing is slow (Kafka's
///     `connection.failed.authentication.delay.ms`)
/// @param maxFrameBytes largest request of a connection that has proven nothing yet (Kafka's
///     `sasl.server.max.receive.size`, which is 512 KiB)
public record ListenerPolicy(
        boolean anonymous,
        Identities identities,
        Duration maxSession,
        Duration within,
        Duration failureDelay,
        int maxFrameBytes) {

    /// Nobody enters without having proven who he is.
    public static ListenerPolicy authenticated(Identities identities) {
        return new ListenerPolicy(
                false,
                identities,
                Duration.ofHours(1), // what was rotated away is out after this
                Duration.ofSeconds(30),
                Duration.ofMillis(100), // as in Kafka
                64 << 10); // the largest token is a tenth of it, and anybody may send so much
    }

    /// Everybody enters: for listeners that nobody but this machine reaches.
    public static ListenerPolicy open(Identities identities) {
        ListenerPolicy closed = authenticated(identities);
        return new ListenerPolicy(
                true, identities, closed.maxSession, closed.within, closed.failureDelay, closed.maxFrameBytes);
    }

    /// What may be used on a connection, best first.
    ///
    /// @param encrypted whether the connection is within TLS
    List<SaslMechanism> mechanisms(boolean encrypted) {
        List<SaslMechanism> mechanisms = new ArrayList<>(List.of(SaslMechanism.values()));
        if (!encrypted) {
            mechanisms.remove(SaslMechanism.PLAIN);
            mechanisms.remove(SaslMechanism.OAUTHBEARER);
        }
        return mechanisms;
    }
}
