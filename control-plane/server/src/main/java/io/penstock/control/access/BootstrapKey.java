// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import io.penstock.control.lease.ActiveDuty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Writes the first key of a new control plane to a file that only its owner can read.
@Component
class BootstrapKey implements ActiveDuty {
    private static final Logger LOG = LoggerFactory.getLogger(BootstrapKey.class);

    private final ApiKeyService keys;
    private final TransactionTemplate transactions;
    private final BootstrapSettings settings;

    BootstrapKey(ApiKeyService keys, TransactionTemplate transactions, BootstrapSettings settings) {
        this.keys = keys;
        this.transactions = transactions;
        this.settings = settings;
    }

    @Override
    public void begin() {
        var file = settings.apiKeyFile();
        if (file == null) {
            return;
        }
        // The file is written before the key is committed: a crash in between leaves a file that opens nothing and
        // is written again, never a key that nobody knows.
        transactions.executeWithoutResult(status -> keys.createFirst().ifPresent(issued -> {
            write(file.toAbsolutePath(), issued.secret());
            LOG.info("event=bootstrap_key_written key={} file={}", issued.key().id(), file);
        }));
    }

    @Override
    public void end() {}

    @Override
    public int order() {
        return 0;
    }

    private static void write(Path file, String secret) {
        try {
            var folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            var fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, secret + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the first API key could not be written to " + file
                            + ": make the folder writable or change penstock.bootstrap.api-key-file",
                    e);
        }
    }
}
