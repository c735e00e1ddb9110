// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.log.format.Seal;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a check knows of one generation of a WAL; a few hundred bytes, however long the WAL is.
final class Generation {
    final Incarnation incarnation;
    final int number;
    /// As last read.
    long floor;
    /// When the floor was last raised, by the store's clock; 0 without a floor.
    long floorAt;
    /// The lowest slot, at or above the floor, that was not found to hold data.
    long next;
    /// What ends it, at `next`.
    @Nullable
    Seal seal;

    long lastListed = -1;
    long lastListedAt;
    /// Objects beyond `next` of an unsealed generation, as of this pass, and whether a seal is among them.
    long beyond;

    boolean sealBeyond;

    /// Whether a seal stands below the floor: a stray, unless there is no other.
    boolean sealBelowFloor;
    /// Slots below the floor that are still there.
    long belowFloor;
    /// Whether these were read: those that fall below a floor later were read before.
    boolean belowFloorRead;
    /// The floor before manifests were read: what they must cover.
    long floorBefore;

    /// The highest position that any manifest has in it; −1 if none knows it.
    long position = -1;

    /// The same, among manifests of shards that it is still open for: those that wrote here cover the floor. Whoever
    /// closed it
    /// forgets it once it is collected.
    long openPosition = -1;

    final List<HandedOff> handOffs = new ArrayList<>();

    record HandedOff(long slot, ShardId shard, LeaderEpoch epoch) {}

    Generation(Incarnation incarnation, int number) {
        this.incarnation = incarnation;
        this.number = number;
    }

    WalSlot slot(long slot) {
        return new WalSlot(incarnation, number, slot);
    }

    /// Whether the shard's epoch was given away in that slot.
    boolean handedOff(long slot, ShardId shard) {
        return handOffs.stream().anyMatch(one -> one.slot == slot && one.shard.equals(shard));
    }

    String name() {
        return incarnation + "/" + number;
    }
}
