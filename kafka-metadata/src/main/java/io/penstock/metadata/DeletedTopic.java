// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A deleted topic that can be restored: all that it was.
///
/// @param configs what was set for it by hand
/// @param deletedEntry the entry that deleted it
/// @param deletedAtMillis when that entry was composed, by its writer's clock
/// @param nameTaken whether leaders may still take records for its name, so that no other topic may have it
public record DeletedTopic(
        String name,
        TopicPlacement placement,
        SortedMap<String, String> configs,
        int deletedEntry,
        long deletedAtMillis,
        boolean nameTaken) {
    public DeletedTopic {
        configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
    }

    public int partitions() {
        return placement.partitions();
    }

    /// What its creator asked for.
    public int replicationFactor() {
        return placement.replicationFactor() == TopicPlacement.NO_REPLICATION_FACTOR
                ? 1
                : placement.replicationFactor();
    }

    DeletedTopic withNameFree() {
        return new DeletedTopic(name, placement, configs, deletedEntry, deletedAtMillis, false);
    }

    ByteSink write(ByteSink out) {
        out.text(name).i32(deletedEntry).i64(deletedAtMillis).bool(nameTaken).i32(configs.size());
        configs.forEach((key, value) -> out.text(key).text(value));
        placement.write(out);
        return out;
    }

    static DeletedTopic read(ByteSource in, int shards) throws MetadataFormatException {
        String name = in.text();
        int deletedEntry = in.i32();
        long deletedAtMillis = in.i64();
        boolean nameTaken = in.bool();
        SortedMap<String, String> configs = new TreeMap<>();
        for (int left = in.count(8); left > 0; left--) {
            configs.put(in.text(), in.text());
        }
        return new DeletedTopic(
                name, TopicPlacement.read(in, shards), configs, deletedEntry, deletedAtMillis, nameTaken);
    }
}
