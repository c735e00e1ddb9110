// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.List;
import java.util.UUID;

/// One step of a cluster's metadata: all of its records take effect together, or none.
///
/// @param number 1, 2, …; its place in the metalog, and the leader epoch of the shards it assigns
/// @param predecessorChecksum [EncodedEntry#checksum()] of entry `number` − 1; 0 for the first
/// @param controlPlane who wrote it
/// @param nonce random: the bytes of two entries never repeat
/// @param writtenAtMillis wall clock of the writer; for people only
public record MetalogEntry(
        int number,
        long predecessorChecksum,
        UUID controlPlane,
        long nonce,
        long writtenAtMillis,
        List<MetalogRecord> records) {
    public MetalogEntry {
        if (number < 1) {
            throw new IllegalArgumentException("metalog entries count from 1, not " + number);
        }
        if (number == 1 && predecessorChecksum != 0) {
            throw new IllegalArgumentException("the first entry has no predecessor");
        }
        records = List.copyOf(records);
    }
}
