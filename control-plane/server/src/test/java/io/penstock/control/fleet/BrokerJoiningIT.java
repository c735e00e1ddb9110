// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.penstock.brokerapi.v1.BrokerControlGrpc;
import io.penstock.brokerapi.v1.JoinRequest;
import io.penstock.brokerapi.v1.JoinResponse;
import io.penstock.brokerapi.v1.RegisterRequest;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.RenewCertificateRequest;
import io.penstock.control.TestDatabase;
import io.penstock.control.access.Caller;
import io.penstock.control.lease.Lease;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// Brokers of other hosts, by their calls within TLS.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class BrokerJoiningIT {
    private static final Duration LIFETIME = Duration.ofSeconds(4);

    @TempDir
    static Path folder = Path.of("");

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
        registry.add("penstock.secrets-key-file", () -> folder.resolve("secrets-key"));
        registry.add("penstock.grpc.port", () -> 0);
        registry.add("penstock.grpc.tls.host", () -> "127.0.0.1");
        registry.add("penstock.grpc.tls.port", () -> 0);
        registry.add("penstock.grpc.tls.certificate-lifetime", () -> LIFETIME.toSeconds() + "s");
    }

    @Autowired
    private FleetService fleets;

    @Autowired
    private JoinTokens tokens;

    @Autowired
    private BrokerRegistry registry;

    @Autowired
    private Lease lease;

    @Test
    void aHostJoinsOnceWithATokenAndWithItsCertificateFromThenOn() throws Exception {
        Fleet fleet =
                fleets.create(Caller.SYSTEM, named("elsewhere"), 0, List.of(), Provisioning.JOINED, Optional.empty());
        String token = token(fleet);
        KeyPair key = pair();

        JoinResponse joined = stub(null, null).join(request(token, key, "host-1.test"));

        X509Certificate certificate = certificate(joined.getCertificate());
        assertThat(joined.getFleetId()).isEqualTo(fleet.id());
        assertThat(joined.getZone()).isEqualTo("zone-x");
        assertThat(registry.brokers(fleet.id()))
                .singleElement()
                .satisfies(broker -> assertThat(List.of(broker.host(), broker.zone(), broker.nodeId()))
                        .isEqualTo(List.of("host-1.test", "zone-x", 0)));
        assertRefused(Code.PERMISSION_DENIED, () -> stub(null, null).join(request(token, key, "host-2.test")));
        assertRefused(Code.PERMISSION_DENIED, () -> stub(null, null).join(request(token + "0", key, "host-2.test")));

        // Everything but joining needs the certificate.
        RegisterRequest register = register(joined);
        assertRefused(Code.UNAUTHENTICATED, () -> stub(null, null).register(register));
        RegisterResponse registered = stub(key, certificate).register(register);
        assertThat(registered.getAdvertisedHost()).isEqualTo("host-1.test");
        KeyPair stranger = pair();
        var others = BrokerAuthority.of(
                BrokerAuthority.drawn(Clock.systemUTC(), new Random(3)),
                new AuthoritySettings("", 0, List.of("x"), Duration.ofDays(1), Duration.ZERO),
                Clock.systemUTC(),
                new Random(4));
        X509Certificate foreign = certificate(ByteString.copyFrom(
                others.forBroker("mbr_x", stranger.getPublic().getEncoded())));
        assertThatThrownBy(() -> stub(stranger, foreign).register(register))
                .as("another authority's")
                .isInstanceOf(StatusRuntimeException.class);

        // It ends, and can be renewed all the same: a control plane may be away for longer than it lasts.
        await().atMost(LIFETIME.plusSeconds(10))
                .until(() -> refused(() -> stub(key, certificate).register(register)));
        KeyPair next = pair();
        X509Certificate renewed = certificate(stub(key, certificate)
                .renewCertificate(RenewCertificateRequest.newBuilder()
                        .setPublicKey(ByteString.copyFrom(next.getPublic().getEncoded()))
                        .build())
                .getCertificate());
        assertThat(renewed.getNotAfter()).isAfter(certificate.getNotAfter());
        assertThat(stub(next, renewed).register(register).getBrokerId()).isEqualTo(registered.getBrokerId());

        // The process starts again: the same host, the same number, another broker.
        JoinResponse again = stub(next, renewed).join(request("", pair(), "host-1.test"));
        assertThat(again.getJoinToken()).isNotEqualTo(joined.getJoinToken());
        assertThat(registry.brokers(fleet.id()))
                .singleElement()
                .satisfies(broker -> assertThat(broker.nodeId()).isZero())
                .satisfies(broker -> assertThat(broker.id()).isNotEqualTo(registered.getBrokerId()));
    }

    @Test
    void tokensAreForFleetsWhoseBrokersJoin() {
        Fleet managed = fleets.create(Caller.SYSTEM, named("managed"), 0);

        assertThatThrownBy(() -> token(managed))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("MANAGED");
        assertThatThrownBy(
                        () -> tokens.end(Optional.of(Clock.systemUTC().instant().plus(Duration.ofDays(8)))))
                .isInstanceOf(ProblemException.class);
    }

    private String token(Fleet fleet) {
        return tokens.issue(Caller.SYSTEM, fleet, "zone-x", tokens.end(Optional.empty()))
                .secret();
    }

    private static JoinRequest request(String token, KeyPair key, String host) {
        return JoinRequest.newBuilder()
                .setToken(token)
                .setPublicKey(ByteString.copyFrom(key.getPublic().getEncoded()))
                .setHost(host)
                .build();
    }

    private static RegisterRequest register(JoinResponse joined) {
        return RegisterRequest.newBuilder()
                .setFleetId(joined.getFleetId())
                .setJoinToken(joined.getJoinToken())
                .setProcessToken("process-1")
                .build();
    }

    private static KeyPair pair() throws Exception {
        return KeyPairGenerator.getInstance("EC").generateKeyPair();
    }

    private static X509Certificate certificate(ByteString der) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    }

    private interface Call {
        void make() throws Exception;
    }

    private static void assertRefused(Code code, Call call) {
        assertThatThrownBy(call::make)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }

    private static boolean refused(Call call) throws Exception {
        try {
            call.make();
            return false;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Code.UNAUTHENTICATED;
        }
    }

    /// A connection of its own for each call.
    private BrokerControlGrpc.BrokerControlBlockingStub stub(
            @Nullable KeyPair key, @Nullable X509Certificate certificate) throws Exception {
        var context = GrpcSslContexts.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE);
        if (key != null && certificate != null) {
            context.keyManager(key.getPrivate(), certificate);
        }
        ManagedChannel channel = NettyChannelBuilder.forTarget(lease.self().brokerTlsAddress())
                .sslContext(context.build())
                .build();
        return BrokerControlGrpc.newBlockingStub(channel).withDeadlineAfter(20, java.util.concurrent.TimeUnit.SECONDS);
    }

    private static Description named(String name) {
        return new Description(name, Map.of(), false);
    }
}
