// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.network.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port within TLS that this broker's clusters share: opened when the first of them is attached.
final class SharedPort {
    private static final Logger log = LoggerFactory.getLogger(SharedPort.class);

    private final Optional<TlsFiles> files;
    private final NetworkServer network;
    private final Set<String> bound = new HashSet<>();

    /// @param files empty: this process has no certificate
    SharedPort(Optional<TlsFiles> files, NetworkServer network) {
        this.files = files;
        this.network = network;
    }

    /// Listens there, unless it does.
    synchronized void listen(String host, int port) {
        if (files.isEmpty()) {
            log.error(
                    "event=no_certificate port={} a cluster is to be served within TLS, and this broker was started"
                            + " without --tls-certificate",
                    port);
        } else if (bound.add(host + ":" + port)) {
            network.bindShared(files.get(), host, port).whenComplete((listening, failure) -> {
                if (failure != null) {
                    log.error("event=no_shared_port {}", failure.getMessage());
                    forget(host + ":" + port);
                }
            });
        }
    }

    /// This broker's own certificates (PEM), by which brokers know each other; empty if it has none that can be read.
    Optional<String> certificates() {
        return files.flatMap(own -> {
            try {
                return Optional.of(Files.readString(own.certificateChain()));
            } catch (IOException e) {
                log.error("certificate={} cannot be read: {}", own.certificateChain(), e.toString());
                return Optional.empty();
            }
        });
    }

    private synchronized void forget(String address) {
        bound.remove(address);
    }
}
