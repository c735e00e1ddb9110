// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.OptionalLong;

/// A user name that was issued to a principal. Several user names may stand for one principal, so that a secret can be
/// replaced while the one before still opens the door. The secret's keys are in Kafka's `UserScramCredentialRecord` of
/// the same user name.
///
/// A user name that nobody issued here (made by a Kafka client through AlterUserScramCredentials) is its own principal.
///
/// @param user as a client names itself when it authenticates
/// @param principal whom ACLs are about, without its type: `User:` goes before it
/// @param createdAtMillis since the epoch
/// @param expiresAtMillis since the epoch; from then on it opens nothing. Empty: never
public record Credential(String user, String principal, long createdAtMillis, OptionalLong expiresAtMillis) {
    public Credential {
        if (user.isBlank() || principal.isBlank()) {
            throw new IllegalArgumentException("a credential has a user and a principal");
        }
        if (expiresAtMillis.isPresent() && expiresAtMillis.getAsLong() <= 0) {
            throw new IllegalArgumentException("a credential cannot have expired before 1970");
        }
    }

    /// Whether it opens nothing any more.
    public boolean isExpired(long nowMillis) {
        return expiresAtMillis.isPresent() && expiresAtMillis.getAsLong() <= nowMillis;
    }
}
