// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.penstock.log.LogRuntime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS contexts of the broker's certificate, one for every set of client certificates that is trusted. A certificate
/// that
/// was renewed is used by connections that come afterwards; one that cannot be read leaves the one before in force.
final class TlsContexts {
    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final int MAX_REMEMBERED = 1000;

    /// PEM.
    private record Certificate(String chain, String key) {}

    private final TlsFiles files;
    private final LogRuntime runtime;
    private final Executor worker;

    // Guarded by this.
    private Certificate certificate;
    private final Map<String, SslContext> byClientCa = new LinkedHashMap<>();

    /// @param worker where files are read
    /// @throws IOException if there is no certificate that can be used
    TlsContexts(TlsFiles files, LogRuntime runtime, Executor worker) throws IOException {
        this.files = files;
        this.runtime = runtime;
        this.worker = worker;
        this.certificate = read();
        context(certificate, "");
        runtime.schedule(LOOK_EVERY, worker, this::look);
    }

    private Certificate read() throws IOException {
        return new Certificate(Files.readString(files.certificateChain()), Files.readString(files.privateKey()));
    }

    /// Reads the files anew if they changed.
    private void look() {
        try {
            Certificate now = read();
            synchronized (this) {
                if (!now.equals(certificate)) {
                    SslContext fresh = context(now, "");
                    certificate = now;
                    byClientCa.clear();
                    byClientCa.put("", fresh);
                    log.info("certificate={} was renewed", files.certificateChain());
                }
            }
        } catch (IOException e) {
            log.error(
                    "certificate={} cannot be used, the one before stays: {}", files.certificateChain(), e.toString());
        }
        runtime.schedule(LOOK_EVERY, worker, this::look);
    }

    /// @param clientCa PEM; empty: clients are not asked for certificates
    synchronized SslContext of(Optional<String> clientCa) throws IOException {
        String trusted = clientCa.orElse("");
        SslContext known = byClientCa.get(trusted);
        if (known == null) {
            known = context(certificate, trusted);
            if (byClientCa.size() >= MAX_REMEMBERED) {
                byClientCa.clear();
            }
            byClientCa.put(trusted, known);
        }
        return known;
    }

    private static InputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static SslContext context(Certificate certificate, String clientCa) throws IOException {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(pem(certificate.chain()), pem(certificate.key()))
                    .protocols("TLSv1.3", "TLSv1.2");
            if (!clientCa.isEmpty()) {
                builder.trustManager(pem(clientCa)).clientAuth(ClientAuth.OPTIONAL);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new IOException("not a certificate and its key: " + e.getMessage(), e);
        }
    }
}
