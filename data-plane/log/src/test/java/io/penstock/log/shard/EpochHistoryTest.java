// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.log.format.ShardManifest.EpochStartOffset;
import io.penstock.log.shard.EpochHistory.End;
import org.junit.jupiter.api.Test;

class EpochHistoryTest {
    private final EpochHistory history = new EpochHistory();

    @Test
    void anEpochEndsWhereTheNextOneWithRecordsBegins() {
        history.appended(3, 0);
        history.appended(3, 5);
        history.appended(7, 10);
        history.appended(9, 12);

        assertThat(history.endOf(3, 20)).isEqualTo(new End(3, 10));
        assertThat(history.endOf(5, 20)).isEqualTo(new End(3, 10));
        assertThat(history.endOf(7, 20)).isEqualTo(new End(7, 12));
        assertThat(history.endOf(9, 20)).isEqualTo(new End(9, 20));
        assertThat(history.endOf(11, 20)).isEqualTo(new End(9, 20));
        assertThat(history.asList())
                .containsExactly(new EpochStartOffset(3, 0), new EpochStartOffset(7, 10), new EpochStartOffset(9, 12));
    }

    @Test
    void anEpochBelowTheFirstEndsWhereThatBegins() {
        history.appended(7, 10);

        assertThat(history.endOf(3, 20)).isEqualTo(new End(3, 10));
        assertThat(new EpochHistory().endOf(3, 0)).isEqualTo(new End(3, 0));
    }

    @Test
    void nothingBeyondWhatMayBeToldIsTold() {
        history.appended(3, 0);
        history.appended(7, 10);

        assertThat(history.endOf(3, 8)).isEqualTo(new End(3, 8));
    }

    @Test
    void knowsTheEpochOfARecord() {
        history.appended(3, 2);
        history.appended(7, 10);

        assertThat(history.epochAt(1)).isEqualTo(-1);
        assertThat(history.epochAt(9)).isEqualTo(3);
        assertThat(history.epochAt(10)).isEqualTo(7);
    }

    @Test
    void epochsNeverGoBack() {
        history.appended(7, 0);

        assertThatThrownBy(() -> history.appended(6, 1)).isInstanceOf(IllegalStateException.class);
    }
}
