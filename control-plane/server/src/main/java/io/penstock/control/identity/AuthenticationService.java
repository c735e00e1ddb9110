// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.springframework.stereotype.Service;

/// Whose certificates and tokens open a cluster. Kept in its metalog, in the words of Kafka's own settings, for all its
/// brokers.
@Service
public class AuthenticationService {
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final List<String> SETTINGS = List.of(
            SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
            SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL,
            SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER,
            SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE,
            SaslConfigs.SASL_OAUTHBEARER_SUB_CLAIM_NAME);

    private final ClusterService clusters;
    private final AccessChanges changes;
    private final Metalog metalog;

    AuthenticationService(ClusterService clusters, AccessChanges changes, Metalog metalog) {
        this.clusters = clusters;
        this.changes = changes;
        this.metalog = metalog;
    }

    /// @param clientCa PEM
    public record Trusted(Optional<String> clientCa, Optional<Issuer> issuer) {}

    public record Issuer(String keysUrl, String issuer, String audience, String principalClaim) {}

    public Trusted find(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.ACCESS_READ);
        clusters.serving(clusterId);
        return trusted(metalog.image(clusterId));
    }

    /// Exactly this is trusted from now on.
    public Trusted declare(Caller caller, String clusterId, Trusted wish) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        return changes.changed(clusterId, image -> {
            Map<String, Optional<String>> wanted = new TreeMap<>();
            SETTINGS.forEach(name -> wanted.put(name, Optional.empty()));
            wanted.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, wish.clientCa());
            wish.issuer().ifPresent(issuer -> {
                wanted.put(SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL, Optional.of(issuer.keysUrl()));
                wanted.put(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER, Optional.of(issuer.issuer()));
                wanted.put(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE, Optional.of(issuer.audience()));
                wanted.put(SaslConfigs.SASL_OAUTHBEARER_SUB_CLAIM_NAME, Optional.of(issuer.principalClaim()));
            });
            var present = image.configs(ALL_BROKERS);
            wanted.entrySet()
                    .removeIf(setting -> setting.getValue().equals(Optional.ofNullable(present.get(setting.getKey()))));
            return new AccessChanges.Decision<>(wish, MetalogRecords.setConfigs(ALL_BROKERS, wanted));
        });
    }

    private static Trusted trusted(ClusterImage image) {
        var settings = image.configs(ALL_BROKERS);
        return new Trusted(
                Optional.ofNullable(settings.get(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG)),
                Optional.ofNullable(settings.get(SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL))
                        .map(url -> new Issuer(
                                url,
                                settings.getOrDefault(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER, ""),
                                settings.getOrDefault(SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE, ""),
                                settings.getOrDefault(SaslConfigs.SASL_OAUTHBEARER_SUB_CLAIM_NAME, "sub"))));
    }
}
