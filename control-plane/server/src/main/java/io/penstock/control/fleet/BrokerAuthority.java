// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// Signs the certificates of brokers that join from other hosts, and of the port where they call. One authority for
/// the life of a control plane; its certificate's SHA-256 stands in every join token, so that a host knows whom it
/// gives the token to.
final class BrokerAuthority {
    private static final Duration OWN_LIFETIME = Duration.ofDays(3650);
    /// Clocks of hosts differ.
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final String NAME = "CN=Penstock brokers";

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final AuthoritySettings settings;
    private final Clock clock;
    private final RandomGenerator random;

    BrokerAuthority(
            X509Certificate certificate,
            PrivateKey key,
            AuthoritySettings settings,
            Clock clock,
            RandomGenerator random) {
        this.certificate = certificate;
        this.key = key;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /// What is kept of an authority.
    record Kept(ByteString certificate, ByteString privateKey) {}

    static Kept drawn(Clock clock, RandomGenerator random) {
        try {
            KeyPair pair = pair();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(NAME),
                    serial(random),
                    Date.from(clock.instant().minus(SKEW)),
                    Date.from(clock.instant().plus(OWN_LIFETIME)),
                    new X500Name(NAME),
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            return new Kept(
                    ByteString.copyFrom(signed(builder, pair.getPrivate()).getEncoded()),
                    ByteString.copyFrom(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw impossible(e);
        }
    }

    static BrokerAuthority of(Kept kept, AuthoritySettings settings, Clock clock, RandomGenerator random) {
        try {
            return new BrokerAuthority(
                    certificate(kept.certificate().toByteArray()),
                    KeyFactory.getInstance("EC")
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(kept.privateKey().toByteArray())),
                    settings,
                    clock,
                    random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what is kept of the brokers' authority cannot be read", e);
        }
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static BigInteger serial(RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new BigInteger(1, bytes);
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey by)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(by)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static IllegalStateException impossible(Exception e) {
        return new IllegalStateException("every JDK has elliptic curves", e);
    }

    byte[] encoded() {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /// SHA-256 of the authority's certificate, hex.
    String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded()));
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /// A certificate with which a broker calls.
    ///
    /// @param publicKey X.509 SubjectPublicKeyInfo
    /// @throws IllegalArgumentException if that is no key
    byte[] forBroker(String memberId, byte[] publicKey) {
        try {
            PublicKey subject = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey));
            return issued(memberId, subject, KeyPurposeId.id_kp_clientAuth, List.of(), settings.certificateLifetime())
                    .getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("no public key of an elliptic curve", e);
        }
    }

    private X509Certificate issued(
            String name, PublicKey subject, KeyPurposeId purpose, List<String> names, Duration lifetime)
            throws GeneralSecurityException, IOException {
        Duration tenth = lifetime.dividedBy(10);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                certificate,
                serial(random),
                Date.from(clock.instant().minus(tenth.compareTo(SKEW) < 0 ? tenth : SKEW)),
                Date.from(clock.instant().plus(lifetime)),
                new X500Name("CN=" + name),
                subject);
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        if (!names.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(names.stream()
                            .map(n -> new GeneralName(
                                    n.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, n))
                            .toArray(GeneralName[]::new)));
        }
        return signed(builder, key);
    }

    /// Whose certificate it is: the name that this authority gave to a host.
    static String memberOf(X509Certificate shown) {
        String name = shown.getSubjectX500Principal().getName();
        return name.startsWith("CN=") ? name.substring(3) : "";
    }

    /// Whether it may be used now.
    boolean isValid(X509Certificate shown) {
        return !clock.instant().isAfter(shown.getNotAfter().toInstant());
    }

    /// Whether it may be renewed: it is valid, or was so lately.
    boolean isRenewable(X509Certificate shown) {
        return !clock.instant().isAfter(shown.getNotAfter().toInstant().plus(settings.renewalGrace()));
    }

    /// Takes what this authority signed. The end of a certificate is the callers' matter: one that has ended may still
    /// be renewed.
    X509ExtendedTrustManager brokers() {
        return new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                    throws CertificateException {
                try {
                    chain[0].verify(certificate.getPublicKey());
                } catch (GeneralSecurityException e) {
                    throw new CertificateException("not signed by this control plane", e);
                }
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                    throws CertificateException {
                checkClientTrusted(chain, type, (Socket) null);
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
                checkClientTrusted(chain, type, (Socket) null);
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                    throws CertificateException {
                throw new CertificateException("this is a server");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                    throws CertificateException {
                throw new CertificateException("this is a server");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
                throw new CertificateException("this is a server");
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[] {certificate};
            }
        };
    }

    /// The port's own certificate. It is drawn anew while connections come, long before it ends.
    X509ExtendedKeyManager server() {
        return new ServerKeys();
    }

    private final class ServerKeys extends X509ExtendedKeyManager {
        private static final String ALIAS = "penstock";

        private record Current(X509Certificate certificate, PrivateKey key, Instant drawnAt) {}

        private @Nullable Current current;

        private synchronized Current current() {
            Current known = current;
            Instant now = clock.instant();
            if (known != null
                    && now.isBefore(
                            known.drawnAt().plus(settings.certificateLifetime().dividedBy(3)))) {
                return known;
            }
            try {
                KeyPair pair = pair();
                Current fresh = new Current(
                        issued(
                                settings.names().getFirst(),
                                pair.getPublic(),
                                KeyPurposeId.id_kp_serverAuth,
                                settings.names(),
                                settings.certificateLifetime()),
                        pair.getPrivate(),
                        now);
                current = fresh;
                return fresh;
            } catch (GeneralSecurityException | IOException e) {
                throw impossible(e);
            }
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal @Nullable [] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseServerAlias(String type, Principal @Nullable [] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {current().certificate(), certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return current().key();
        }
    }
}
