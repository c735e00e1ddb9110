// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.metadata.EncodedEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Stands for PostgreSQL: what survives a control plane, until somebody puts an old backup in its place.
final class Database {
    /// Entries known to be stored in the bucket, from 1 on.
    final List<EncodedEntry> stored;
    /// Entries whose bytes are frozen and that are not yet known to be stored.
    final Deque<EncodedEntry> outbox;

    Database() {
        this(List.of(), List.of());
    }

    private Database(List<EncodedEntry> stored, Iterable<EncodedEntry> outbox) {
        this.stored = new ArrayList<>(stored);
        this.outbox = new ArrayDeque<>();
        outbox.forEach(this.outbox::add);
    }

    Database copy() {
        return new Database(stored, outbox);
    }
}
