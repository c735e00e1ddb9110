// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Certificates;
import io.penstock.broker.testing.Clients;
import io.penstock.broker.testing.TestNames;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.MetalogRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Bearer tokens of an issuer that the cluster trusts, shown by Apache Kafka's own client.
@Timeout(90)
class TokensTest {
    @TempDir
    Path folder = Path.of("");

    private Optional<HttpServer> keys = Optional.empty();
    private Optional<BrokerInMemory> started = Optional.empty();
    private Optional<RsaJsonWebKey> issuersKey = Optional.empty();
    private Certificates server = new Certificates("", "");

    @BeforeEach
    void start() throws IOException, JoseException {
        RsaJsonWebKey key = key("1");
        issuersKey = Optional.of(key);
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] set = ("{\"keys\":[" + key.toJson() + "]}").getBytes(StandardCharsets.UTF_8);
        http.createContext("/keys", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        http.start();
        keys = Optional.of(http);
        server = Certificates.selfSigned(folder, "CN=broker", "*" + TestNames.DOMAIN);
        BrokerInMemory broker = BrokerInMemory.startedWithin(server.in(folder));
        started = Optional.of(broker);
        broker.cluster().createTopic("orders", 1, Map.of());
        broker.cluster()
                .change(List.of(AccessRecords.createAcl(
                        Uuid.randomUuid(),
                        new StandardAcl(
                                ResourceType.TOPIC,
                                "orders",
                                PatternType.LITERAL,
                                "User:shop",
                                "*",
                                AclOperation.WRITE,
                                AclPermissionType.ALLOW))));
        broker.cluster()
                .change(MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.BROKER, ""),
                        Map.of(
                                "sasl.oauthbearer.jwks.endpoint.url",
                                Optional.of(
                                        "http://127.0.0.1:" + http.getAddress().getPort() + "/keys"),
                                "sasl.oauthbearer.expected.issuer",
                                Optional.of("https://issuer.example"),
                                "sasl.oauthbearer.expected.audience",
                                Optional.of("penstock"))));
        await().atMost(Duration.ofSeconds(30)).until(() -> broker.issuer().hasKeys());
    }

    @AfterEach
    void stop() {
        started.ifPresent(BrokerInMemory::close);
        keys.ifPresent(http -> http.stop(0));
    }

    private static RsaJsonWebKey key(String id) throws JoseException {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(id);
        key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
        return key;
    }

    private static String token(RsaJsonWebKey key, String audience) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("https://issuer.example");
        claims.setAudience(audience);
        claims.setSubject("shop");
        claims.setClaim("scope", "kafka");
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(5);
        JsonWebSignature signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(key.getPrivateKey());
        signed.setKeyIdHeaderValue(key.getKeyId());
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signed.getCompactSerialization();
    }

    private void produce(String token) throws Exception {
        Path file = Files.writeString(Files.createTempFile(folder, "token", ".jwt"), token);
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.files", file.toString());
        String allowed = System.getProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", "");
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", allowed + "," + file.toUri());
        Map<String, Object> config = new HashMap<>(Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                server.chain(),
                "sasl.mechanism",
                "OAUTHBEARER",
                "sasl.oauthbearer.token.endpoint.url",
                file.toUri().toString(),
                "sasl.login.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"));
        try (KafkaProducer<String, String> producer = Clients.producer(started.orElseThrow(), config)) {
            producer.send(new ProducerRecord<>("orders", "k", "v")).get();
        }
    }

    @Test
    void aTokenOfTheTrustedIssuerSpeaksForItsSubject() throws Exception {
        produce(token(issuersKey.orElseThrow(), "penstock"));

        assertThat(started.orElseThrow().cluster().image().credentials()).isEmpty();
    }

    @Test
    void tokensForOthersAndOfOthersOpenNothing() throws Exception {
        String forOthers = token(issuersKey.orElseThrow(), "somebody else");
        String ofOthers = token(key("1"), "penstock");

        assertThatThrownBy(() -> produce(forOthers)).hasRootCauseInstanceOf(SaslAuthenticationException.class);
        assertThatThrownBy(() -> produce(ofOthers)).hasRootCauseInstanceOf(SaslAuthenticationException.class);
    }
}
