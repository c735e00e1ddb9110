// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.ShardOpening;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShardDutiesTest {
    private static final Incarnation ME = new Incarnation(1, 1);
    private static final Incarnation OTHER = new Incarnation(2, 2);
    private static final ShardId SHARD = new ShardId(7);

    @Test
    void whatIsAssignedToMeIsOpenedWithEverybodyBeforeMe() {
        assertThat(duties(assigned(5, ME, by(3, OTHER)), null))
                .containsExactly(new ShardDuty.Open(new ShardOpening(SHARD, epoch(5), List.of(by(3, OTHER)))));
    }

    @Test
    void whatIsAssignedToOthersIsNotMine() {
        assertThat(duties(assigned(5, OTHER), null)).isEmpty();
    }

    @Test
    void whatIsUnderWayIsNotAskedTwice() {
        assertThat(duties(assigned(5, ME), new ShardTenure.Opening(epoch(5)))).isEmpty();
        assertThat(duties(assigned(5, ME), new ShardTenure.Leading(epoch(5)))).isEmpty();
    }

    @Test
    void aShardThatAnEntryTakesAwayIsHandedOff() {
        assertThat(duties(assigned(6, OTHER, by(5, ME)), new ShardTenure.Leading(epoch(5))))
                .containsExactly(new ShardDuty.HandOff(SHARD, epoch(5)));
    }

    @Test
    void aShardThatIsStillOpeningIsHandedOffToo() {
        assertThat(duties(assigned(6, OTHER, by(5, ME)), new ShardTenure.Opening(epoch(5))))
                .containsExactly(new ShardDuty.HandOff(SHARD, epoch(5)));
    }

    @Test
    void anAssignmentThatCameAndWentUnseenIsHandedOffAsNeverOpened() {
        assertThat(duties(assigned(6, OTHER, by(5, ME)), null)).containsExactly(new ShardDuty.HandOff(SHARD, epoch(5)));
    }

    @Test
    void aShardThatComesBackIsHandedOffBeforeItIsOpenedAgain() {
        ShardAssignment back = assigned(7, ME, by(5, ME), by(6, OTHER));

        assertThat(duties(back, new ShardTenure.Leading(epoch(5))))
                .containsExactly(new ShardDuty.HandOff(SHARD, epoch(5)));
        assertThat(duties(back, new ShardTenure.HandingOff(epoch(5)))).isEmpty();
        assertThat(duties(back, new ShardTenure.Over(epoch(5))))
                .containsExactly(
                        new ShardDuty.Open(new ShardOpening(SHARD, epoch(7), List.of(by(5, ME), by(6, OTHER)))));
    }

    @Test
    void anOldAssignmentIsHandedOffOnceOnly() {
        assertThat(duties(assigned(6, OTHER, by(5, ME)), new ShardTenure.Over(epoch(5))))
                .isEmpty();
    }

    @Test
    void aLaterAssignmentThatWentUnseenIsHandedOffAfterTheEarlierOne() {
        assertThat(duties(assigned(9, OTHER, by(5, ME), by(6, OTHER), by(8, ME)), new ShardTenure.Over(epoch(5))))
                .containsExactly(new ShardDuty.HandOff(SHARD, epoch(8)));
    }

    @Test
    void givingComesBeforeTaking() {
        ShardAssignment gained = new ShardAssignment(new ShardId(1), epoch(6), ME, List.of());
        ShardAssignment lost = new ShardAssignment(new ShardId(2), epoch(6), OTHER, List.of(by(5, ME)));

        assertThat(ShardDuties.decide(
                        ME, List.of(gained, lost), Map.of(new ShardId(2), new ShardTenure.Leading(epoch(5)))))
                .extracting(ShardDuty::shard)
                .containsExactly(new ShardId(2), new ShardId(1));
    }

    private static List<ShardDuty> duties(ShardAssignment assignment, @Nullable ShardTenure held) {
        return ShardDuties.decide(ME, List.of(assignment), held == null ? Map.of() : Map.of(SHARD, held));
    }

    private static ShardAssignment assigned(int epoch, Incarnation leader, Predecessor... predecessors) {
        return new ShardAssignment(SHARD, epoch(epoch), leader, List.of(predecessors));
    }

    private static Predecessor by(int epoch, Incarnation incarnation) {
        return new Predecessor(epoch(epoch), incarnation, Closing.ALIVE);
    }

    private static LeaderEpoch epoch(int number) {
        return new LeaderEpoch(number);
    }
}
