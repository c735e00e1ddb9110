// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.testing.TestCluster;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.kafka.security.SaslMechanism;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.Credential;
import io.penstock.metadata.ScramPlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterIdentitiesTest {
    private final TestRuntime runtime = new TestRuntime();
    private final TestCluster cluster = new TestCluster(runtime, TestCluster.settings(1, false));
    private final ClusterIdentities identities = new ClusterIdentities(
            cluster::image,
            Optional.of(new PeerCredential("peers-secret")),
            new TrustedIssuer(runtime, runtime.workers()),
            () -> 1000);

    @AfterEach
    void stop() {
        runtime.close();
    }

    private void user(String user, OptionalLong expiresAt) {
        cluster.change(List.of(
                AccessRecords.setScram(
                        user, ScramMechanism.SCRAM_SHA_512, ScramPlan.keys(ScramMechanism.SCRAM_SHA_512, "secret")),
                AccessRecords.issue(new Credential(user, "sa_1", 1, expiresAt))));
    }

    private Optional<KafkaPrincipal> principal(SaslMechanism mechanism, String user) {
        return identities.identity(mechanism, user).map(Identities.Identity::principal);
    }

    @Test
    void anIssuedUserStandsForItsPrincipalUntilItExpires() {
        user("key_1", OptionalLong.of(1001));
        user("key_2", OptionalLong.of(1000));

        assertThat(principal(SaslMechanism.SCRAM_SHA_512, "key_1")).contains(new KafkaPrincipal("User", "sa_1"));
        assertThat(principal(SaslMechanism.PLAIN, "key_1")).contains(new KafkaPrincipal("User", "sa_1"));
        assertThat(principal(SaslMechanism.SCRAM_SHA_256, "key_1")).isEmpty();
        assertThat(principal(SaslMechanism.SCRAM_SHA_512, "key_2")).isEmpty();
        assertThat(identities.scram("key_2", ScramMechanism.SCRAM_SHA_512)).isEmpty();
    }

    @Test
    void noUserAndNoTokenCanBeABroker() {
        cluster.change(List.of(AccessRecords.setScram(
                "__broker", ScramMechanism.SCRAM_SHA_256, ScramPlan.keys(ScramMechanism.SCRAM_SHA_256, "mine"))));

        assertThat(principal(SaslMechanism.SCRAM_SHA_512, "__broker")).contains(PeerCredential.PRINCIPAL);
        assertThat(principal(SaslMechanism.SCRAM_SHA_256, "__broker")).isEmpty();
        assertThat(principal(SaslMechanism.OAUTHBEARER, "__broker")).contains(new KafkaPrincipal("User", "__broker"));
    }

    @Test
    void aTokenIsNotTakenForACredentialOfTheSameName() {
        user("key_1", OptionalLong.empty());

        assertThat(principal(SaslMechanism.OAUTHBEARER, "key_1")).contains(new KafkaPrincipal("User", "key_1"));
    }
}
