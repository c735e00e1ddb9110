// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.Map;

/// What a WAL tells its cluster log. On the actor; must not throw. May append, and may close the WAL.
public interface WalListener {
    /// The frontier passed this slot (R3). In slot order, and before the tickets' futures complete.
    void durable(DurableSlot slot);

    /// A seal with `continue` stands at the slot: what these shards had not acknowledged at these epochs is void,
    /// and the WAL has dropped it; everything else goes on, unchanged, in the next generation (R8). The map may be
    /// empty. Called before the dropped tickets complete as `FENCED`.
    void shardsFenced(Map<ShardId, LeaderEpoch> upTo, WalSlot seal);

    /// A seal of ALL stands at the slot: this incarnation is over, and every pending ticket ends as `FENCED` (after
    /// this call).
    void ended(WalSlot seal);

    /// The slot holds what must not be there, or cannot be read: nothing more is written or acknowledged, and pending
    /// tickets end as `UNDECIDED`. Terminal.
    void damaged(WalSlot slot, String detail);
}
