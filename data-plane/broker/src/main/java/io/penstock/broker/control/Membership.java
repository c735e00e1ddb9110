// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import com.google.protobuf.ByteString;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// This host's certificate and key for calling the control plane, in a folder that one process at a time holds.
///
/// The folder is the only thing that such a host keeps. Losing it costs a new token, and no record. Used by one thread
/// at a time.
public final class Membership implements AutoCloseable {
    private static final long SHORTEST_LOOK_MILLIS = 500;
    private static final long LONGEST_LOOK_MILLIS = 3_600_000;
    private static final String CERTIFICATE = "certificate.der";
    private static final String KEY = "key.der";
    private static final String AUTHORITY = "authority.der";

    private final Path folder;
    private final FileChannel lock;
    private KeyPairBytes next;

    /// Of a key that no certificate was given for yet.
    private record KeyPairBytes(ByteString publicKey, ByteString privateKey) {}

    /// What the folder holds.
    private record Held(X509Certificate certificate, X509Certificate authority, PrivateKey key) {}

    private Optional<Held> held;

    private Membership(Path folder, FileChannel lock) throws IOException {
        this.folder = folder;
        this.lock = lock;
        this.next = drawn();
        this.held = read();
    }

    /// @throws IOException if the folder cannot be used, or another process holds it
    public static Membership in(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another broker holds " + folder);
        }
        return new Membership(folder, channel);
    }

    private static KeyPairBytes drawn() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return new KeyPairBytes(
                    ByteString.copyFrom(pair.getPublic().getEncoded()),
                    ByteString.copyFrom(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has elliptic curves", e);
        }
    }

    private Optional<Held> read() throws IOException {
        if (!Files.exists(folder.resolve(CERTIFICATE))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Held(
                    certificate(Files.readAllBytes(folder.resolve(CERTIFICATE))),
                    certificate(Files.readAllBytes(folder.resolve(AUTHORITY))),
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(folder.resolve(KEY))))));
        } catch (GeneralSecurityException e) {
            throw new IOException("what is in " + folder + " cannot be read: empty it, and join with a new token", e);
        }
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /// Whether this host has joined before.
    boolean hasCertificate() {
        return held.isPresent();
    }

    /// X.509 SubjectPublicKeyInfo of the key that the next certificate is for.
    ByteString publicKey() {
        return next.publicKey();
    }

    /// Keeps the certificate that was given for [#publicKey].
    ///
    /// @param authority whoever signed it
    void given(byte[] certificate, byte[] authority) {
        try {
            write(AUTHORITY, authority);
            // A crash between these two leaves a key that does not fit: then the host joins with a new token.
            write(KEY, next.privateKey().toByteArray());
            write(CERTIFICATE, certificate);
            held = read();
            next = drawn();
        } catch (IOException e) {
            throw new UncheckedIOException("the certificate cannot be kept in " + folder, e);
        }
    }

    void renewed(byte[] certificate) {
        try {
            given(certificate, held.orElseThrow().authority().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path draft = folder.resolve(name + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(draft, bytes);
        Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Whether two thirds of the certificate's time are over.
    ///
    /// @param nowMillis since 1970
    boolean isDue(long nowMillis) {
        return held.map(current -> {
                    long from = current.certificate().getNotBefore().toInstant().toEpochMilli();
                    long to = current.certificate().getNotAfter().toInstant().toEpochMilli();
                    return nowMillis - from > (to - from) / 3 * 2;
                })
                .orElse(false);
    }

    /// How often to look whether it is due.
    Duration lookEvery() {
        long life = held.map(current -> current.certificate()
                                .getNotAfter()
                                .toInstant()
                                .toEpochMilli()
                        - current.certificate().getNotBefore().toInstant().toEpochMilli())
                .orElse(0L);
        return Duration.ofMillis(Math.clamp(life / 12, SHORTEST_LOOK_MILLIS, LONGEST_LOOK_MILLIS));
    }

    /// How this host calls: it knows the control plane by the authority that signed the other side's certificate.
    ///
    /// @param fingerprint of the authority, hex, from a join token; only needed before the first certificate
    SslContext context(String fingerprint) {
        try {
            var builder = GrpcSslContexts.forClient();
            if (held.isPresent()) {
                Held current = held.get();
                builder.keyManager(current.key(), current.certificate()).trustManager(current.authority());
            } else {
                builder.trustManager(new FirstContact(fingerprint));
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up with what is in " + folder, e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /// Before there is a certificate: the chain must end with the authority that the token names.
    private record FirstContact(String fingerprint) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            X509Certificate last = chain[chain.length - 1];
            try {
                String shown = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(last.getEncoded()));
                if (!shown.equals(fingerprint)) {
                    throw new CertificateException("this is not the control plane that made the join token");
                }
                chain[0].verify(last.getPublicKey());
                chain[0].checkValidity();
            } catch (GeneralSecurityException e) {
                throw e instanceof CertificateException certificate ? certificate : new CertificateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
