// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Ends a generation of a WAL at its slot, for ever (R4). What stands in the slot is the truth, whatever its sealer
/// meant.
///
/// @param sealer who wrote it: an incarnation or a person's name; for people only
/// @param reason why; for people only
/// @param continues whether the incarnation goes on in the next generation: exactly when the fence names shards
public record Seal(WalSlot slot, String sealer, String reason, Fence fence, boolean continues) {
    public Seal {
        if (continues != fence instanceof Fence.Shards) {
            throw new IllegalArgumentException(
                    "a seal continues exactly when it fences shards by name: " + fence + ", continues: " + continues);
        }
    }

    public Seal(WalSlot slot, String sealer, String reason, Fence fence) {
        this(slot, sealer, reason, fence, fence instanceof Fence.Shards);
    }

    public boolean fences(ShardId shard, LeaderEpoch epoch) {
        return fence.fences(shard, epoch);
    }

    public ByteBuffer encode() {
        FieldWriter identity = new FieldWriter().slot(slot);
        FieldWriter body = new FieldWriter().text(sealer).text(reason).bool(continues);
        switch (fence) {
            case Fence.All() -> body.u8(1);
            case Fence.Shards(Map<ShardId, LeaderEpoch> epochsUpTo) -> {
                body.u8(2).i32(epochsUpTo.size());
                epochsUpTo.forEach((shard, epoch) -> body.i32(shard.number()).i32(epoch.number()));
            }
        }
        return Sections.write(Magic.SEAL, List.of(identity, body));
    }

    /// @param slot where it was read
    /// @throws CorruptObject if it is damaged, or belongs elsewhere
    public static Seal decode(WalSlot slot, ByteBuffer bytes) {
        Sections.Read read = Sections.read(Magic.SEAL, bytes, slot.toString(), 2);
        FieldReader identity = read.section(0);
        WalSlot own = identity.slot();
        identity.end();
        if (!own.equals(slot)) {
            throw identity.corrupt("holds the seal of " + own);
        }
        FieldReader body = read.section(1);
        String sealer = body.text();
        String reason = body.text();
        boolean continues = body.bool();
        Fence fence = readFence(body);
        body.end();
        return body.sane(() -> new Seal(slot, sealer, reason, fence, continues));
    }

    private static Fence readFence(FieldReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> Fence.all();
            case 2 -> {
                int count = in.count(8);
                Map<ShardId, LeaderEpoch> epochsUpTo = new TreeMap<>();
                for (int i = 0; i < count; i++) {
                    epochsUpTo.put(in.shard(), in.epoch());
                }
                yield Fence.shards(epochsUpTo);
            }
            default -> throw in.corrupt("unknown kind of fence: " + kind);
        };
    }
}
