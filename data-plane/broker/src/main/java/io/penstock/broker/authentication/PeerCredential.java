// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import io.penstock.kafka.security.SaslMechanism;
import io.penstock.metadata.ScramPlan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.scram.ScramCredential;

/// By what brokers of one cluster know each other on its listener. No user can be called so: the principal is of a type
/// that only this credential leads to.
public final class PeerCredential {
    /// May do everything in its cluster.
    public static final KafkaPrincipal PRINCIPAL = new KafkaPrincipal("Broker", "peer");

    static final String USER = "__broker";

    private final String secret;
    private final ScramCredential keys;

    /// @param secret that all brokers of the cluster were told, and nobody else
    public PeerCredential(String secret) {
        this.secret = secret;
        this.keys = ScramPlan.keys(ScramMechanism.SCRAM_SHA_512, secret);
    }

    /// The keys, for whom asks as a broker.
    Optional<ScramCredential> keys(ScramMechanism mechanism) {
        return mechanism == ScramMechanism.SCRAM_SHA_512 ? Optional.of(keys) : Optional.empty();
    }

    /// Settings of a Kafka client that shows it.
    ///
    /// @param trusted certificates (PEM) by which other brokers are known; empty: connections are in the clear
    public Map<String, Object> clientSettings(Optional<String> trusted) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                (trusted.isPresent() ? SecurityProtocol.SASL_SSL : SecurityProtocol.SASL_PLAINTEXT).name);
        settings.put(SaslConfigs.SASL_MECHANISM, SaslMechanism.SCRAM_SHA_512.kafkaName());
        settings.put(
                SaslConfigs.SASL_JAAS_CONFIG,
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + secret + "\";");
        trusted.ifPresent(pem -> {
            settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
        });
        return settings;
    }
}
