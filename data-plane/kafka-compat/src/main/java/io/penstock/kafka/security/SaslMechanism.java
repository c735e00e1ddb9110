// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.util.Optional;

/// How a client can prove who it is.
public enum SaslMechanism {
    SCRAM_SHA_512("SCRAM-SHA-512"),
    SCRAM_SHA_256("SCRAM-SHA-256"),
    /// Shows the password to the broker, so only within TLS.
    PLAIN("PLAIN"),
    OAUTHBEARER("OAUTHBEARER");

    private final String kafkaName;

    SaslMechanism(String kafkaName) {
        this.kafkaName = kafkaName;
    }

    /// As it is called in the protocol.
    public String kafkaName() {
        return kafkaName;
    }

    public static Optional<SaslMechanism> named(String kafkaName) {
        for (SaslMechanism mechanism : values()) {
            if (mechanism.kafkaName.equals(kafkaName)) {
                return Optional.of(mechanism);
            }
        }
        return Optional.empty();
    }
}
