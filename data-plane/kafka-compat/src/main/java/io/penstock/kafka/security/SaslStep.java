// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/// What one token of a client leads to.
public sealed interface SaslStep {
    /// The client has to say more.
    record Challenge(ByteBuffer token) implements SaslStep {}

    /// The client is whom it says.
    ///
    /// @param token the last word to the client; may be empty
    /// @param user who it is
    /// @param expiresAtMillis when what it showed ends by itself (a bearer token), since the epoch; empty: never
    record Proven(ByteBuffer token, String user, OptionalLong expiresAtMillis) implements SaslStep {}

    /// It is not.
    ///
    /// @param tellable what the client may read about it; empty: nothing that it does not know already
    record Refused(Optional<String> tellable) implements SaslStep {}
}
