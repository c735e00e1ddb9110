// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.ShardOpening;
import io.penstock.metadata.ShardTable;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;

/// Reads the image's shard table in the words of this package.
final class Assignments {
    private Assignments() {}

    static List<ShardAssignment> of(ShardTable table) {
        List<ShardAssignment> assignments = new ArrayList<>(table.count());
        for (int number = 0; number < table.count(); number++) {
            ShardId shard = new ShardId(number);
            table.current(shard)
                    .ifPresent(tenure -> assignments.add(new ShardAssignment(
                            shard, tenure.epoch(), tenure.incarnation(), predecessors(table, shard))));
        }
        return assignments;
    }

    private static List<ShardOpening.Predecessor> predecessors(ShardTable table, ShardId shard) {
        return table.predecessors(shard).stream()
                .map(predecessor -> new ShardOpening.Predecessor(
                        predecessor.epoch(),
                        predecessor.incarnation(),
                        switch (predecessor.closing()) {
                            case RETIRED -> ShardOpening.Closing.RETIRED;
                            case ALIVE -> ShardOpening.Closing.ALIVE;
                        }))
                .toList();
    }
}
