// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Transactions of the Java client, on Penstock and on Apache Kafka: the same steps have the same outcomes.
@ExtendWith(Sides.class)
class TransactionsIT {
    @Test
    void theSameStepsHaveTheSameOutcomesAsOnApacheKafka(Sides.Pair pair) throws Exception {
        List<String> here = pair.judge("Java client, transactions", side -> new TransactionScenarios(side).all());

        assertThat(here)
                .contains(
                        "committed: {0=[t0, t2, t4], 1=[t0, t2, t4], 2=[t0, t2, t4]}",
                        "after the zombie: {0=[heir]}",
                        "after the time-out: {0=[]}");
    }
}
