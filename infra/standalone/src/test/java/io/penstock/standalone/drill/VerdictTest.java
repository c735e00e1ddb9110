// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final long UNACKNOWLEDGED = -2;

    @Test
    void everythingInItsPlaceIsClean() {
        Verdict verdict = Verdict.of(new long[] {0, 1, 2}, content(0, 0, 1, 1, 2, 2));

        assertThat(verdict).isEqualTo(new Verdict(3, 0, 0, 0, 0));
        assertThat(verdict.clean()).isTrue();
    }

    @Test
    void anAcknowledgedRecordThatIsNowhereIsLost() {
        assertThat(Verdict.of(new long[] {0, 1, 2}, content(0, 0, 2, 2)).lost()).isEqualTo(1);
    }

    @Test
    void anAcknowledgedRecordAtAnotherOffsetIsLost() {
        assertThat(Verdict.of(new long[] {0, 5}, content(0, 0, 1, 1)).lost()).isEqualTo(1);
    }

    @Test
    void anUnacknowledgedRecordMayBeThereOrNot() {
        assertThat(Verdict.of(new long[] {0, UNACKNOWLEDGED, UNACKNOWLEDGED}, content(0, 0, 1, 1))
                        .clean())
                .isTrue();
    }

    @Test
    void aRecordInTwoPlacesIsDuplicatedAlsoWhenItWasNotAcknowledged() {
        assertThat(Verdict.of(new long[] {0, UNACKNOWLEDGED}, content(0, 0, 1, 1, 2, 1))
                        .duplicated())
                .isEqualTo(1);
    }

    @Test
    void aRecordBehindALaterOneIsOutOfOrder() {
        assertThat(Verdict.of(new long[] {1, 0}, content(0, 1, 1, 0)).outOfOrder())
                .isEqualTo(1);
    }

    @Test
    void damageIsNeverClean() {
        PartitionContent content = content(0, 0);
        content.foundDamaged();

        assertThat(Verdict.of(new long[] {0}, content).clean()).isFalse();
    }

    /// Pairs of offset and record.
    private static PartitionContent content(int... pairs) {
        PartitionContent content = new PartitionContent();
        for (int i = 0; i < pairs.length; i += 2) {
            content.found(pairs[i], pairs[i + 1]);
        }
        return content;
    }
}
