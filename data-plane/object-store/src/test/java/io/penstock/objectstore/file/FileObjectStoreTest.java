// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    @Override
    protected ObjectStore open() {
        try {
            return FileObjectStore.open(
                    folder.resolve("bucket"),
                    threads,
                    new SecureRandom(),
                    InstantSource.system(),
                    FileStoreSettings.defaults());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void endThreads() {
        threads.shutdown();
    }
}
