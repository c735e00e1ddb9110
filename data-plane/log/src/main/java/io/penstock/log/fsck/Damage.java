// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

/// What a check may find wrong. Names are stable: programs read them.
public enum Damage {
    OBJECT_DAMAGED("an object is cut off, altered, or not what its key says"),
    FOREIGN_OBJECT("an object lies here that nobody of this cluster can have written"),
    ORPHAN("an object that nothing names any more has outlived its grace"),
    METALOG_BROKEN("an entry of the metalog is missing, damaged, or does not follow its predecessor"),
    SLOT_MISSING("a slot between the floor and the end of a WAL holds nothing"),
    SEAL_MISSING("a WAL that was closed has no seal, or none that shuts out whom it must"),
    FLOOR_TOO_HIGH("a floor is above what manifests cover, or above a seal"),
    SEGMENT_MISSING("a segment that a manifest names is not there"),
    SNAPSHOT_MISSING("a producer snapshot that a manifest names is not there"),
    MANIFEST_MISSING("a shard that was opened has no manifest, or one older than its leader"),
    MANIFEST_BEYOND("a manifest points beyond what was ever written"),
    MANIFEST_CONTRADICTS("a manifest and what it names say different things"),
    OFFSETS_MISSING("offsets of a partition are nowhere"),
    OFFSETS_REPEATED("offsets of a partition are there more than once"),
    EPOCH_CONTRADICTS("something was written at a leader epoch that was not its writer's");

    private final String meaning;

    Damage(String meaning) {
        this.meaning = meaning;
    }

    /// One sentence for people.
    public String meaning() {
        return meaning;
    }
}
