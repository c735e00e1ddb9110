// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Groups of the newest Java client: the same steps have the same outcomes on Penstock and on Apache Kafka.
@ExtendWith(Sides.class)
class GroupsIT {
    @Test
    void theSameStepsHaveTheSameOutcomesAsOnApacheKafka(Sides.Pair pair) throws Exception {
        List<String> here = pair.judge("Java client, groups", side -> new GroupScenarios(side).all());

        assertThat(here)
                .contains(
                        "group-static-consumer members: [one=2, two=2]",
                        "group-static-classic comes back to the same: true",
                        "group-cooperative-classic revoked from the first: 2",
                        "topics by the broker's expression: [group-regex-a, group-regex-b]",
                        "group-migration with both: Consumer");
    }
}
