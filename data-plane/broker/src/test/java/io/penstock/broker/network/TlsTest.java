// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Certificates;
import io.penstock.broker.testing.Clients;
import io.penstock.broker.testing.TestNames;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.ScramPlan;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.clients.admin.ScramMechanism;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Apache Kafka's own clients at a port that clusters share, within TLS.
@Timeout(90)
class TlsTest {
    @TempDir
    Path folder = Path.of("");

    private Certificates server = new Certificates("", "");
    private Optional<BrokerInMemory> started = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        server = Certificates.selfSigned(folder, "CN=broker", "*" + TestNames.DOMAIN);
        started = Optional.of(BrokerInMemory.startedWithin(server.in(folder)));
        broker().cluster().createTopic("orders", 1, Map.of());
    }

    @AfterEach
    void stop() {
        started.ifPresent(BrokerInMemory::close);
    }

    private BrokerInMemory broker() {
        return started.orElseThrow();
    }

    private void allowWrites(String principal) {
        broker().cluster()
                .change(List.of(AccessRecords.createAcl(
                        Uuid.randomUuid(),
                        new StandardAcl(
                                ResourceType.TOPIC,
                                "orders",
                                PatternType.LITERAL,
                                principal,
                                "*",
                                AclOperation.WRITE,
                                AclPermissionType.ALLOW))));
    }

    private Map<String, Object> trusting() {
        return new HashMap<>(Map.of("ssl.truststore.type", "PEM", "ssl.truststore.certificates", server.chain()));
    }

    private Map<String, Object> plain(String password) {
        Map<String, Object> config = trusting();
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "PLAIN");
        config.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" password=\"%s\";"
                        .formatted(password));
        return config;
    }

    private void produce(Map<String, Object> config) throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(broker(), config)) {
            producer.send(new ProducerRecord<>("orders", "k", "v")).get();
        }
    }

    @Test
    void aPasswordMayBeShownWithinTls() throws Exception {
        broker().cluster()
                .change(List.of(AccessRecords.setScram(
                        "alice",
                        ScramMechanism.SCRAM_SHA_256,
                        ScramPlan.keys(ScramMechanism.SCRAM_SHA_256, "secret"))));
        allowWrites("User:alice");

        produce(plain("secret"));

        assertThatThrownBy(() -> produce(plain("guess")))
                .hasRootCauseInstanceOf(SaslAuthenticationException.class)
                .hasStackTraceContaining("Invalid username or password");
    }

    @Test
    void aTrustedCertificateIsAPrincipal() throws Exception {
        Certificates client = Certificates.selfSigned(folder, "CN=shop,O=Pipes", "shop");
        broker().cluster()
                .change(MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.BROKER, ""),
                        Map.of("ssl.truststore.certificates", Optional.of(client.chain()))));
        allowWrites("User:CN=shop,O=Pipes");
        Map<String, Object> config = trusting();
        config.put("security.protocol", "SSL");
        config.put("ssl.keystore.type", "PEM");
        config.put("ssl.keystore.certificate.chain", client.chain());
        config.put("ssl.keystore.key", client.key());

        produce(config);
    }

    @Test
    void anotherNameIsNobodysAndARenewedCertificateIsUsed() throws Exception {
        assertThatThrownBy(() -> certificate("kc-other" + TestNames.DOMAIN)).isInstanceOf(IOException.class);
        assertThat(certificate("b7-kc-test" + TestNames.DOMAIN)
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=broker");

        Certificates.selfSigned(folder, "CN=renewed", "*" + TestNames.DOMAIN).in(folder);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> certificate("kc-test" + TestNames.DOMAIN)
                        .getSubjectX500Principal()
                        .getName()
                        .equals("CN=renewed"));
    }

    /// What the broker shows to a client that looks for this name.
    private X509Certificate certificate(String name) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Credulous()}, null);
        try (Socket plain = new Socket(
                        broker().address().getAddress(), broker().address().getPort());
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, 0, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /// Looks at certificates, and judges none.
    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
