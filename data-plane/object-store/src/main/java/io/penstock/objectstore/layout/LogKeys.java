// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

import io.penstock.objectstore.ObjectKey;

/// The keys that only brokers read and write.
public record LogKeys(ClusterPrefix prefix) {

    /// A WAL object or a seal; write-once. Seals are never deleted.
    public ObjectKey slot(WalSlot slot) {
        return prefix.key("wal/" + slot.incarnation() + "/" + slot.generation() + "/" + "%019d".formatted(slot.slot()));
    }

    /// What to list to find the slots of one generation.
    public String slots(Incarnation incarnation, int generation) {
        return prefix.value() + "/wal/" + incarnation + "/" + generation + "/";
    }

    /// Lowest slot that may still exist (absent = 0); compare-and-set, only grows.
    public ObjectKey floor(Incarnation incarnation, int generation) {
        return prefix.key("floor/" + incarnation + "/" + generation);
    }

    /// The shard's manifest; compare-and-set, one fenced writer.
    public ObjectKey manifest(ShardId shard) {
        return prefix.key("shard/" + shard.number());
    }

    /// A producer snapshot that a manifest refers to; write-once.
    public ObjectKey producerSnapshot(ShardId shard, String id) {
        return prefix.key("producers/" + shard.number() + "/" + id);
    }

    /// A page of a partition's parts that a manifest refers to; write-once.
    public ObjectKey partsPage(String id) {
        return prefix.key("parts/" + id);
    }

    /// A segment; write-once.
    public ObjectKey segment(String id) {
        return prefix.key("segment/" + id);
    }

    /// What a broker puts, reads and deletes to see that it can use the bucket.
    public ObjectKey canary(String id) {
        return prefix.key("canary/" + id);
    }

    /// Block `n` (0, 1, …) of producer ids; write-once, never deleted.
    public ObjectKey producerIds(long n) {
        return prefix.key("pid/" + "%019d".formatted(n));
    }

    /// What to list to find claimed blocks of producer ids.
    public String producerIdBlocks() {
        return prefix.value() + "/pid/";
    }
}
