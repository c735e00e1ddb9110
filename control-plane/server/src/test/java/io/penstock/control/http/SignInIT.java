// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Signing in with an identity provider, which is in this process.
class SignInIT extends ApiContract {
    private static final String ISSUER = "https://id.example.com";

    private static @Nullable HttpServer keysServer;
    private static @Nullable RSAKey key;

    @BeforeEach
    void anIdentityProvider() throws IOException, JOSEException {
        if (key != null) {
            return;
        }
        var fresh = new RSAKeyGenerator(2048).keyID("one").generate();
        byte[] published = new JWKSet(fresh.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, published.length);
            try (var out = exchange.getResponseBody()) {
                out.write(published);
            }
        });
        server.start();
        keysServer = server;
        key = fresh;
        var made = post("/v1/identity-providers", """
            {"metadata":{"name":"corp"},"spec":{"issuer":"%s","audience":"penstock",
             "keys_url":"http://127.0.0.1:%d/keys"}}\
            """.formatted(
                        ISSUER, server.getAddress().getPort()));
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.text("/spec/groups_claim")).isEqualTo("groups");
    }

    @AfterAll
    static void end() {
        if (keysServer != null) {
            keysServer.stop(0);
        }
        keysServer = null;
        key = null;
    }

    private static String token(String subject, UnaryOperator<JWTClaimsSet.Builder> more) throws JOSEException {
        return token(java.util.Objects.requireNonNull(key), subject, more);
    }

    private static String token(RSAKey by, String subject, UnaryOperator<JWTClaimsSet.Builder> more)
            throws JOSEException {
        var claims = more.apply(new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("penstock")
                .subject(subject)
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(10)))));
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), claims.build());
        token.sign(new RSASSASigner(by));
        return token.serialize();
    }

    @Test
    void whoSignsInFirstIsKnownFromThenOnAndMayDoNothing() throws Exception {
        var ada =
                token("ada", claims -> claims.claim("email", "ada@example.com").claim("name", "Ada"));

        var me = send("GET", "/v1/caller", null, ada);
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.text("/id")).startsWith("usr_");
        assertThat(me.text("/name")).isEqualTo("ada@example.com");
        assertThat(me.json().at("/grants").size()).isZero();
        assertThat(send("GET", "/v1/tenants", null, ada).text("/code")).isEqualTo("permission_denied");
        assertThat(send("GET", "/v1/caller", null, ada).text("/id")).isEqualTo(me.text("/id"));
        var user = get("/v1/users/" + me.text("/id"));
        assertThat(user.text("/spec/display_name")).isEqualTo("Ada");
        assertThat(user.text("/spec/subject")).isEqualTo("ada");
    }

    @Test
    void aBindingGivesAUserARoleWhereItSaysSo() throws Exception {
        var mine = aTenant();
        var other = aTenant();
        var token = token("grace", claims -> claims);
        var id = send("GET", "/v1/caller", null, token).text("/id");
        var binding = post("/v1/role-bindings", """
            {"metadata":{"name":"grace","tenant_id":"%s"},"spec":{"principal":"%s","role":"TENANT_ADMIN"}}\
            """.formatted(mine, id));
        assertThat(binding.status()).as(binding.response().body()).isEqualTo(201);

        assertThat(send("GET", "/v1/tenants/" + mine, null, token).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/tenants/" + other, null, token).status()).isEqualTo(404);
        post("/v1/role-bindings", """
            {"metadata":{"name":"grace","tenant_id":"%s"},"spec":{"principal":"%s","role":"VIEWER"}}\
            """.formatted(other, id));
        assertThat(send("GET", "/v1/tenants/" + other, null, token).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/tenants", null, token).json().at("/data").size())
                .isEqualTo(2);
        var account = "{\"metadata\":{\"name\":\"x\",\"tenant_id\":\"%s\"},\"spec\":{}}";
        assertThat(send("POST", "/v1/service-accounts", account.formatted(mine), token)
                        .status())
                .isEqualTo(201);
        assertThat(send("POST", "/v1/service-accounts", account.formatted(other), token)
                        .status())
                .isEqualTo(403);

        assertThat(delete("/v1/role-bindings/" + binding.text("/id")).status()).isEqualTo(204);
        assertThat(send("GET", "/v1/tenants/" + mine, null, token).status()).isEqualTo(404);
    }

    @Test
    void aGroupOfTheProviderHasTheRolesOfItsBindings() throws Exception {
        var tenant = aTenant();
        post("/v1/role-bindings", """
            {"metadata":{"name":"platform","tenant_id":"%s"},
             "spec":{"principal":"group:corp/platform","role":"DEVELOPER"}}\
            """.formatted(tenant));
        var inside = token("hopper", claims -> claims.claim("groups", List.of("all", "platform")));
        var outside = token("lovelace", claims -> claims.claim("groups", List.of("all")));

        assertThat(send("GET", "/v1/tenants/" + tenant, null, inside).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/caller", null, inside).text("/grants/0/role"))
                .isEqualTo("DEVELOPER");
        assertThat(send("GET", "/v1/tenants/" + tenant, null, outside).status()).isEqualTo(404);
    }

    @Test
    void whoWasInvitedIsTheUserWithTheVerifiedAddress() throws Exception {
        var invited = post("/v1/users", """
            {"metadata":{"name":"linus"},"spec":{"email":"linus@example.com"}}\
            """);
        assertThat(invited.status()).as(invited.response().body()).isEqualTo(201);
        var unverified = token("impostor", claims -> claims.claim("email", "linus@example.com"));
        var verified = token(
                "linus", claims -> claims.claim("email", "linus@example.com").claim("email_verified", true));

        assertThat(send("GET", "/v1/caller", null, unverified).text("/id"))
                .isNotEmpty()
                .isNotEqualTo(invited.text("/id"));
        assertThat(send("GET", "/v1/caller", null, verified).text("/id")).isEqualTo(invited.text("/id"));
        assertThat(patch("/v1/users/" + invited.text("/id"), "{\"spec\":{\"disabled\":true}}")
                        .status())
                .isEqualTo(200);
        assertThat(send("GET", "/v1/caller", null, verified).status()).isEqualTo(401);
        assertThat(patch("/v1/users/" + invited.text("/id"), "{\"spec\":{\"subject\":\"me\"}}")
                        .text("/errors/0/pointer"))
                .isEqualTo("/spec/subject");
    }

    @Test
    void aTokenThatIsNotForHereOpensNothing() throws Exception {
        var past = Date.from(Instant.now().minus(Duration.ofHours(1)));
        var foreign = new RSAKeyGenerator(2048).keyID("one").generate();
        for (var token : List.of(
                token("eve", claims -> claims.audience("somebody-else")),
                token("eve", claims -> claims.issuer("https://other.example.com")),
                token("eve", claims -> claims.expirationTime(past)),
                token("eve", claims -> claims.expirationTime(null)),
                token(foreign, "eve", claims -> claims),
                "a.b.c")) {
            assertThat(send("GET", "/v1/caller", null, token).status()).isEqualTo(401);
        }
    }

    @Test
    void nobodyGivesAwayMoreThanTheyHave() {
        var tenant = aTenant();
        var admin = post("/v1/api-keys", """
            {"metadata":{"name":"admin","tenant_id":"%s"},"spec":{"role":"TENANT_ADMIN"}}\
            """.formatted(tenant)).text("/status/secret");
        var body = "{\"metadata\":{\"name\":\"up\"%s},\"spec\":{\"principal\":\"group:corp/x\",\"role\":\"%s\"}}";

        assertThat(send("POST", "/v1/role-bindings", body.formatted("", "VIEWER"), admin)
                        .status())
                .as("in the only tenant it has to do with")
                .isEqualTo(201);
        assertThat(send("POST", "/v1/role-bindings", body.formatted("", "ORG_ADMIN"), admin)
                        .status())
                .isEqualTo(403);
        assertThat(send(
                                "POST",
                                "/v1/role-bindings",
                                body.formatted(",\"tenant_id\":\"" + aTenant() + "\"", "VIEWER"),
                                admin)
                        .status())
                .isEqualTo(404);
    }
}
