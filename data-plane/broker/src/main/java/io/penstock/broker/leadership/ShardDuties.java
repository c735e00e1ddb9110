// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.ShardOpening;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what an incarnation has to do, from what the metalog assigns and what it holds. Pure.
///
/// Asked again after every applied entry and after every finished duty, so it never has to remember what it said:
/// a duty that is under way shows in the tenure and is not given twice.
final class ShardDuties {
    private ShardDuties() {}

    static List<ShardDuty> decide(
            Incarnation me, Collection<ShardAssignment> assignments, Map<ShardId, ShardTenure> held) {
        List<ShardDuty> duties = new ArrayList<>();
        for (ShardAssignment assignment : assignments) {
            decide(me, assignment, held.get(assignment.shard())).ifPresent(duties::add);
        }
        // Giving comes before taking: an heir elsewhere is waiting for it.
        duties.sort(Comparator.comparingInt(duty -> duty instanceof ShardDuty.HandOff ? 0 : 1));
        return duties;
    }

    private static Optional<ShardDuty> decide(
            Incarnation me, ShardAssignment assignment, @Nullable ShardTenure tenure) {
        return switch (tenure) {
            case null -> neverHeld(me, assignment);
            case ShardTenure.Opening opening -> leaveIfOlder(assignment, opening.epoch());
            case ShardTenure.Leading leading -> leaveIfOlder(assignment, leading.epoch());
            case ShardTenure.HandingOff handingOff -> Optional.empty(); // asked again when it is over
            case ShardTenure.Over over -> owed(me, assignment, over.epoch());
        };
    }

    private static Optional<ShardDuty> neverHeld(Incarnation me, ShardAssignment assignment) {
        if (assignment.leader().equals(me)) {
            return Optional.of(open(assignment));
        }
        return lastOf(me, assignment).map(epoch -> new ShardDuty.HandOff(assignment.shard(), epoch));
    }

    /// An entry after ours took the shard away, whoever has it now: also when that is ourselves again, the old epoch is
    /// closed first (R7).
    private static Optional<ShardDuty> leaveIfOlder(ShardAssignment assignment, LeaderEpoch held) {
        return assignment.epoch().compareTo(held) > 0
                ? Optional.of(new ShardDuty.HandOff(assignment.shard(), held))
                : Optional.empty();
    }

    /// Several entries may be applied at once: an assignment of ours in between was never opened, and its heir waits
    /// for us to say so.
    private static Optional<ShardDuty> owed(Incarnation me, ShardAssignment assignment, LeaderEpoch over) {
        if (assignment.epoch().compareTo(over) <= 0) {
            return Optional.empty();
        }
        if (assignment.leader().equals(me)) {
            return Optional.of(open(assignment));
        }
        return lastOf(me, assignment)
                .filter(epoch -> epoch.compareTo(over) > 0)
                .map(epoch -> new ShardDuty.HandOff(assignment.shard(), epoch));
    }

    private static Optional<LeaderEpoch> lastOf(Incarnation me, ShardAssignment assignment) {
        return assignment.predecessors().stream()
                .filter(predecessor -> predecessor.incarnation().equals(me))
                .map(ShardOpening.Predecessor::epoch)
                .max(Comparator.naturalOrder());
    }

    private static ShardDuty open(ShardAssignment assignment) {
        return new ShardDuty.Open(new ShardOpening(assignment.shard(), assignment.epoch(), assignment.predecessors()));
    }
}
