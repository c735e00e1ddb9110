// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.metalog.Metalog;
import io.penstock.metadata.ScramPlan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class IdentitiesIT extends ApiContract {
    @Autowired
    private Optional<Metalog> metalog = Optional.empty();

    @Autowired
    private Optional<JdbcClient> jdbc = Optional.empty();

    private String tenant = "";
    private String cluster = "";
    private String account = "";

    @BeforeEach
    void aClusterAndAnAccount() {
        aBucket();
        tenant = aTenant();
        cluster =
                post("/v1/clusters", """
                {"metadata":{"name":"kafka","tenant_id":"%s"},"spec":{}}""".formatted(tenant), "Prefer", "wait=30").text("/id");
        account = post("/v1/service-accounts", """
                {"metadata":{"name":"orders","tenant_id":"%s"},"spec":{"description":"writes orders"}}""".formatted(tenant)).text("/id");
    }

    private String credentials() {
        return "/v1/clusters/" + cluster + "/credentials";
    }

    private String acls() {
        return "/v1/clusters/" + cluster + "/acls";
    }

    private Answer issue(String more) {
        return post(credentials(), "{\"spec\":{\"service_account_id\":\"%s\"%s}}".formatted(account, more));
    }

    /// Whether the bucket's keys are those of the secret.
    private boolean opens(String user, String secret) throws Exception {
        ScramCredential keys = ScramPlan.keys(metalog.orElseThrow().image(cluster), user, ScramMechanism.SCRAM_SHA_512)
                .orElseThrow();
        var formatter =
                new ScramFormatter(org.apache.kafka.common.security.scram.internals.ScramMechanism.SCRAM_SHA_512);
        byte[] salted = formatter.saltedPassword(secret, keys.salt(), keys.iterations());
        return Arrays.equals(formatter.storedKey(formatter.clientKey(salted)), keys.storedKey());
    }

    @Test
    void aServiceAccountIsMadeReadChangedAndRemoved() {
        var made = get("/v1/service-accounts/" + account);

        assertThat(account).matches("sa_[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(made.text("/status/principal")).isEqualTo("User:" + account);
        assertThat(made.text("/spec/description")).isEqualTo("writes orders");
        assertThat(made.text("/metadata/tenant_id")).isEqualTo(tenant);
        assertThat(post("/v1/service-accounts", """
                {"metadata":{"name":"orders","tenant_id":"%s"}}""".formatted(tenant)).text("/existing_id"))
                .isEqualTo(account);
        assertThat(patch("/v1/service-accounts/" + account, "{\"spec\":{\"description\":\"reads\"}}")
                        .text("/spec/description"))
                .isEqualTo("reads");
        assertThat(get("/v1/service-accounts?tenant_id=" + tenant)
                        .json()
                        .at("/data")
                        .size())
                .isEqualTo(1);

        var key = issue("").text("/id");
        var blocked = delete("/v1/service-accounts/" + account);
        assertThat(blocked.text("/code")).isEqualTo("not_empty");
        assertThat(blocked.text("/blocking/0/id")).isEqualTo(key);
        delete(credentials() + "/" + key);
        assertThat(delete("/v1/service-accounts/" + account).status()).isEqualTo(204);
        assertThat(get("/v1/service-accounts/" + account).status()).isEqualTo(404);
    }

    @Test
    void aSecretIsShownOnceAndTheBucketHasItsKeysOnly() throws Exception {
        var made = issue("");

        assertThat(made.status()).isEqualTo(201);
        var user = made.text("/status/username");
        var secret = made.text("/status/secret");
        assertThat(secret).hasSize(43);
        assertThat(made.text("/status/secret_status")).isEqualTo("SHOWN_ONCE");
        assertThat(made.text("/spec/mechanism")).isEqualTo("SCRAM_SHA_512");
        assertThat(opens(user, secret)).isTrue();
        assertThat(opens(user, secret + "x")).isFalse();
        var read = get(credentials() + "/" + user);
        assertThat(read.text("/status/secret")).isEmpty();
        assertThat(read.text("/status/secret_status")).isEqualTo("NOT_RETRIEVABLE");
        assertThat(read.text("/spec/service_account_id")).isEqualTo(account);

        assertThat(delete(credentials() + "/" + user).status()).isEqualTo(204);
        assertThat(delete(credentials() + "/" + user).status()).isEqualTo(404);
        assertThat(metalog.orElseThrow()
                        .image(cluster)
                        .kafka()
                        .scram()
                        .mechanisms()
                        .values())
                .allMatch(users -> !users.containsKey(user));
    }

    @Test
    void aSecretThatTheCallerBringsOpensAndIsNeverShown() throws Exception {
        var made = issue(",\"secret\":\"a secret of my own\"");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.toString()).doesNotContain("a secret of my own");
        assertThat(made.text("/status/secret_status")).isEqualTo("NOT_RETRIEVABLE");
        assertThat(opens(made.text("/id"), "a secret of my own")).isTrue();

        var rotated = post(credentials() + "/" + made.text("/id") + "/rotations", """
                {"secret":"another of my own","expires_at":"2100-01-01T00:00:00Z"}""");
        assertThat(rotated.status()).isEqualTo(201);
        assertThat(rotated.toString()).doesNotContain("another of my own");
        assertThat(rotated.text("/spec/expires_at")).isEqualTo("2100-01-01T00:00:00Z");
        assertThat(opens(rotated.text("/id"), "another of my own")).isTrue();

        assertThat(issue(",\"secret\":\"short\"").text("/errors/0/pointer")).isEqualTo("/spec/secret");
        assertThat(post(credentials() + "/" + rotated.text("/id") + "/rotations", """
                {"expires_at":"2000-01-01T00:00:00Z"}""")
                        .text("/errors/0/pointer"))
                .isEqualTo("/expires_at");
    }

    @Test
    void aRotatedCredentialGoesOnForTheOverlap() throws Exception {
        var first = issue("");
        var user = first.text("/status/username");

        var before = Instant.now();
        var second = post(credentials() + "/" + user + "/rotations", "{\"overlap\":\"PT1H\"}");
        assertThat(second.status()).isEqualTo(201);
        var next = second.text("/status/username");

        assertThat(next).isNotEqualTo(user);
        assertThat(second.text("/spec/service_account_id")).isEqualTo(account);
        assertThat(opens(user, first.text("/status/secret"))).isTrue();
        assertThat(opens(next, second.text("/status/secret"))).isTrue();
        assertThat(Instant.parse(get(credentials() + "/" + user).text("/spec/expires_at")))
                .isAfter(before.plusSeconds(3500));
        assertThat(get(credentials() + "/" + next).text("/spec/expires_at")).isEmpty();
        assertThat(post(credentials() + "/" + next + "/rotations", "{\"overlap\":\"PT0S\"}")
                        .status())
                .isEqualTo(201);
        assertThat(get(credentials() + "/" + next).status()).isEqualTo(404);
        assertThat(post(credentials() + "/" + user + "/rotations", "{\"overlap\":\"soon\"}")
                        .text("/errors/0/pointer"))
                .isEqualTo("/overlap");
    }

    @Test
    void aRotatedCredentialEndsWhenTheOldOneWouldHave() {
        var until = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MILLIS);
        var user = issue(",\"expires_at\":\"" + until + "\"").text("/status/username");

        var next = post(credentials() + "/" + user + "/rotations", "{\"overlap\":\"PT24H\"}");

        assertThat(Instant.parse(next.text("/spec/expires_at"))).isEqualTo(until);
        assertThat(Instant.parse(get(credentials() + "/" + user).text("/spec/expires_at")))
                .isEqualTo(until);
    }

    private void deleteCluster() {
        get(delete("/v1/clusters/" + cluster).header("Operation-Location") + "?wait=30");
    }

    @Test
    void anAccountThatWasDeletedMeanwhileOpensNoClusterThatIsRestored() {
        var user = issue("").text("/status/username");
        deleteCluster();
        assertThat(delete("/v1/service-accounts/" + account).status()).isEqualTo(204);

        var restoring = post("/v1/clusters/" + cluster + "/restores", "");

        assertThat(get(restoring.header("Operation-Location") + "?wait=30").text("/state"))
                .isEqualTo("SUCCEEDED");
        assertThat(metalog.orElseThrow().image(cluster).credentials()).doesNotContainKey(user);
        assertThat(get(credentials() + "/" + user).status()).isEqualTo(404);
    }

    @Test
    void accountsThatCameWithAnAdoptedClusterAreThere() {
        var user = issue("").text("/status/username");
        var prefix = get("/v1/clusters/" + cluster).text("/spec/prefix");
        deleteCluster();
        // As in an installation that never knew it.
        jdbc.orElseThrow()
                .sql("delete from service_accounts where id = ?")
                .param(account)
                .update();

        var adopting = post("/v1/clusters", """
                {"metadata":{"name":"adopted","tenant_id":"%s"},"spec":{"prefix":"%s"}}""".formatted(tenant, prefix));

        assertThat(get(adopting.header("Operation-Location") + "?wait=30").text("/state"))
                .isEqualTo("SUCCEEDED");
        var found = get("/v1/service-accounts/" + account);
        assertThat(found.text("/status/principal")).isEqualTo("User:" + account);
        assertThat(found.text("/spec/description")).contains(cluster);
        assertThat(get(credentials() + "/" + user).text("/spec/service_account_id"))
                .isEqualTo(account);
    }

    @Test
    void anotherTenantsAccountIsNotFoundAndWrongFieldsAreTold() {
        var stranger = post("/v1/service-accounts", """
                {"metadata":{"name":"stranger","tenant_id":"%s"}}""".formatted(aTenant())).text("/id");

        assertThat(post(credentials(), "{\"spec\":{\"service_account_id\":\"%s\"}}".formatted(stranger))
                        .status())
                .isEqualTo(404);
        assertThat(issue(",\"mechanism\":\"PLAIN\"").text("/errors/0/pointer")).isEqualTo("/spec/mechanism");
        assertThat(issue(",\"expires_at\":\"2001-01-01T00:00:00Z\"").text("/errors/0/pointer"))
                .isEqualTo("/spec/expires_at");
        assertThat(post(
                                credentials() + "?dry_run=true",
                                "{\"spec\":{\"service_account_id\":\"%s\"}}".formatted(account))
                        .status())
                .isEqualTo(200);
        assertThat(get(credentials()).json().at("/data").size()).isZero();
    }

    @Test
    void anAclIsMadeOnceFoundAgainAndDeleted() {
        var body = """
                {"spec":{"principal":"User:%s","resource_type":"TOPIC","resource_name":"orders.","pattern_type":"PREFIXED","operation":"WRITE"}}""".formatted(account);
        var made = post(acls(), body);
        var again = post(acls(), body);

        assertThat(made.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("/id")).isEqualTo(made.text("/id"));
        assertThat(made.text("/spec/host")).isEqualTo("*");
        assertThat(made.text("/spec/permission")).isEqualTo("ALLOW");
        assertThat(get(made.header("Location")).text("/spec/resource_name")).isEqualTo("orders.");
        assertThat(get(acls() + "?include=total_size")
                        .json()
                        .at("/metadata/total_size")
                        .asInt())
                .isEqualTo(1);
        assertThat(metalog.orElseThrow().image(cluster).kafka().acls().acls()).hasSize(1);

        var cluster = post(acls(), """
                {"spec":{"principal":"User:%s","resource_type":"CLUSTER","operation":"DESCRIBE"}}""".formatted(account));
        assertThat(cluster.text("/spec/resource_name")).isEqualTo("kafka-cluster");
        for (var wrong : List.of(
                "{\"spec\":{\"principal\":\"x\",\"resource_type\":\"TOPIC\",\"resource_name\":\"t\",\"operation\":\"READ\"}}",
                "{\"spec\":{\"principal\":\"User:x\",\"resource_type\":\"ANY\",\"resource_name\":\"t\",\"operation\":\"READ\"}}",
                "{\"spec\":{\"principal\":\"User:x\",\"resource_type\":\"TOPIC\",\"operation\":\"READ\"}}",
                "{\"spec\":{\"principal\":\"User:x\",\"resource_type\":\"CLUSTER\",\"resource_name\":\"t\",\"operation\":\"READ\"}}")) {
            assertThat(post(acls(), wrong).status()).as(wrong).isIn(400, 422);
        }
        assertThat(delete(made.header("Location")).status()).isEqualTo(204);
        assertThat(delete(made.header("Location")).status()).isEqualTo(404);
    }

    @Test
    void viewersSeeNeitherAndDevelopersChangeNeither() {
        var developer = post("/v1/api-keys", """
                {"metadata":{"name":"dev","tenant_id":"%s"},"spec":{"role":"DEVELOPER"}}""".formatted(tenant)).text("/status/secret");
        var viewer = post("/v1/api-keys", """
                {"metadata":{"name":"viewer","tenant_id":"%s"},"spec":{"role":"VIEWER"}}""".formatted(tenant)).text("/status/secret");

        assertThat(send("GET", acls(), null, developer).status()).isEqualTo(200);
        assertThat(send(
                                "POST",
                                credentials(),
                                "{\"spec\":{\"service_account_id\":\"%s\"}}".formatted(account),
                                developer)
                        .text("/required_permission"))
                .isEqualTo("access.manage");
        assertThat(send("GET", acls(), null, viewer).text("/required_permission"))
                .isEqualTo("access.read");
    }

    @Test
    void whoseTokensAreTakenIsDeclaredAndTakenBack() {
        var path = "/v1/clusters/" + cluster + "/authentication";

        assertThat(get(path).json().at("/tokens").isNull()).isTrue();
        var declared = put(path, """
                {"tokens":{"keys_url":"https://issuer.example/keys","issuer":"https://issuer.example","audience":"penstock"}}""");
        assertThat(declared.status()).isEqualTo(200);
        assertThat(get(path).text("/tokens/principal_claim")).isEqualTo("sub");
        assertThat(metalog.orElseThrow().image(cluster).configs(new ConfigResource(ConfigResource.Type.BROKER, "")))
                .containsEntry("sasl.oauthbearer.expected.audience", "penstock")
                .hasSize(4);
        for (var wrong : List.of(
                "{\"tokens\":{\"keys_url\":\"http://i/keys\",\"issuer\":\"i\",\"audience\":\"a\"}}",
                "{\"tokens\":{\"keys_url\":\"file:///etc/passwd\",\"issuer\":\"i\",\"audience\":\"a\"}}",
                "{\"tokens\":{\"keys_url\":\"https://i/keys\"}}",
                "{\"client_ca\":\"nonsense\"}")) {
            assertThat(put(path, wrong).status()).as(wrong).isIn(400, 422);
        }
        assertThat(put(path, "{}").status()).isEqualTo(200);
        assertThat(metalog.orElseThrow().image(cluster).configs(new ConfigResource(ConfigResource.Type.BROKER, "")))
                .isEmpty();
    }

    @Test
    void clustersAskTheirClientsWhoTheyAreUnlessToldOtherwise() {
        var open = post("/v1/clusters", """
                {"metadata":{"name":"open","tenant_id":"%s"},"spec":{"authentication":"OPEN_ON_LOOPBACK"}}""".formatted(tenant), "Prefer", "wait=30");

        assertThat(get("/v1/clusters/" + cluster).text("/spec/authentication")).isEqualTo("REQUIRED");
        assertThat(get("/v1/clusters/" + cluster + "/connection").text("/security_protocol"))
                .isEqualTo("SASL_PLAINTEXT");
        assertThat(open.text("/spec/authentication")).isEqualTo("OPEN_ON_LOOPBACK");
        assertThat(get("/v1/clusters/" + open.text("/id") + "/connection").text("/security_protocol"))
                .isEqualTo("PLAINTEXT");
        assertThat(patch("/v1/clusters/" + cluster, "{\"spec\":{\"authentication\":\"OPEN_ON_LOOPBACK\"}}")
                        .text("/errors/0/code"))
                .isEqualTo("immutable");
    }
}
