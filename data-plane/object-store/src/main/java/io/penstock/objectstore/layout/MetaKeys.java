// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

import io.penstock.objectstore.ObjectKey;

/// The keys that the control plane writes and every broker reads.
public record MetaKeys(ClusterPrefix prefix) {

    /// Identity of the cluster; write-once.
    public ObjectKey cluster() {
        return prefix.key("cluster");
    }

    /// Entry `n` (1, 2, …) of the metalog, zero-padded so that entries list in order; write-once, never deleted.
    public ObjectKey entry(long n) {
        return prefix.key("meta/" + padded(n));
    }

    /// The image at entry `n`; write-once, only speeds replay.
    public ObjectKey snapshot(long n) {
        return prefix.key("meta-snapshot/" + padded(n));
    }

    /// What to list to find snapshots.
    public String snapshots() {
        return prefix.value() + "/meta-snapshot/";
    }

    /// What to list to find entries.
    public String entries() {
        return prefix.value() + "/meta/";
    }

    /// The number at the end of an entry's or a snapshot's key.
    public static long numberOf(ObjectKey key) {
        return Long.parseLong(key.value().substring(key.value().lastIndexOf('/') + 1));
    }

    private static String padded(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("metalog entries count from 1, not " + n);
        }
        return "%019d".formatted(n);
    }
}
