// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import io.penstock.objectstore.modelled.ModelledObjectStore;
import io.penstock.objectstore.modelled.StoreModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets drills change how a store behaves while it is used: a file that holds the parameters of a model
/// (`put_ms=700&put_p99_ms=2000`), looked at four times a second. Without the file the store is as its URI says.
final class ModelFile {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFile.class);
    private static final long INTERVAL_MILLIS = 250;

    private final Path file;
    private final StoreModel usual;
    private final ModelledObjectStore store;
    private final ScheduledExecutorService scheduler;
    private String known = "";

    private ModelFile(Path file, StoreModel usual, ModelledObjectStore store, ScheduledExecutorService scheduler) {
        this.file = file;
        this.usual = usual;
        this.store = store;
        this.scheduler = scheduler;
    }

    /// Watches the file until the store is closed.
    static void follow(Path file, StoreModel usual, ModelledObjectStore store, ScheduledExecutorService scheduler) {
        new ModelFile(file, usual, store, scheduler).look();
    }

    private void look() {
        if (store.isClosed()) {
            return;
        }
        try {
            String now = content();
            if (!now.equals(known)) {
                known = now;
                store.becomes(
                        now.isEmpty()
                                ? usual
                                : StoreUri.parse("memory:?" + now).model().orElse(usual));
                LOG.warn("event=store_model_changed model={}", now.isEmpty() ? "as usual" : now);
            }
        } catch (IOException | StoreUriException e) {
            LOG.warn("event=store_model_unreadable file={} cause={}", file, e.getMessage());
        }
        try {
            scheduler.schedule(this::look, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=store_model_ends file={}", file, e);
        }
    }

    private String content() throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
