// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.shard.EpochHistory.End;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// The history against what anybody can see who has every record's epoch in a list.
class EpochHistoryPropertiesTest {
    /// Every record's epoch, by offset; pairs of (epochs passed, records).
    private static List<Integer> records(List<Integer> steps) {
        List<Integer> epochs = new ArrayList<>();
        int epoch = 3;
        for (int step : steps) {
            epoch += step / 4;
            for (int record = 0; record <= step % 4; record++) {
                epochs.add(epoch);
            }
        }
        return epochs;
    }

    private static EpochHistory history(List<Integer> records) {
        EpochHistory history = new EpochHistory();
        for (int offset = 0; offset < records.size(); offset++) {
            history.appended(records.get(offset), offset);
        }
        return history;
    }

    @Property
    void aRecordsEpochIsTheOneItWasAppendedWith(
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 15) Integer> steps) {
        List<Integer> records = records(steps);
        EpochHistory history = history(records);

        for (int offset = 0; offset < records.size(); offset++) {
            assertThat(history.epochAt(offset)).isEqualTo(records.get(offset));
        }
    }

    @Property
    void anEpochEndsBeforeTheFirstRecordOfALaterOne(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 15) Integer> steps,
            @ForAll @IntRange(min = 0, max = 120) int asked,
            @ForAll @IntRange(min = 0, max = 150) int told) {
        List<Integer> records = records(steps);
        long end = Math.min(told, records.size());

        End answer = history(records).endOf(asked, end);

        List<Integer> below = records.stream().filter(epoch -> epoch <= asked).toList();
        int epoch = below.isEmpty() ? asked : below.getLast();
        assertThat(answer).isEqualTo(new End(epoch, Math.min(below.size(), end)));
    }
}
