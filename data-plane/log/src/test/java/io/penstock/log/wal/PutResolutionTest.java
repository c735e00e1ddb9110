// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;
import io.penstock.log.wal.PutResolution.Next;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutOutcome;
import java.io.IOException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PutResolutionTest {
    private static final WalHeader OWN = new WalHeader(Samples.SLOT, new Nonce(1, 2));
    private static final Occupant OURS = new Occupant.Data(OWN);
    private static final Occupant FOREIGN = new Occupant.Data(new WalHeader(Samples.SLOT, new Nonce(1, 3)));
    private static final Seal SEAL = Samples.seal(Samples.SLOT);
    private static final Occupant SEALED = new Occupant.SealThere(SEAL);
    private static final PutOutcome STORED = new PutOutcome.Stored(new ObjectVersion("v"));
    private static final PutOutcome REFUSED = new PutOutcome.Refused();
    private static final PutOutcome UNKNOWN = new PutOutcome.Unknown(new IOException("503"));
    private static final long BELOW = Samples.SLOT.slot() - 1;
    private static final long AT = Samples.SLOT.slot();
    private static final long ABOVE = Samples.SLOT.slot() + 1;

    private final PutResolution resolution = sent(LogRules.strict());

    private static PutResolution sent(LogRules rules) {
        PutResolution resolution = new PutResolution(OWN, rules);
        resolution.sent();
        return resolution;
    }

    @Test
    void storedIsDurable() {
        assertThat(resolution.dataPut(STORED)).isEqualTo(new Next.Durable());
        assertThat(resolution.decided()).isTrue();
    }

    @Test
    void unknownIsPutAgain() {
        assertThat(resolution.dataPut(UNKNOWN)).isEqualTo(new Next.PutAgain());
        assertThat(resolution.maySend()).isTrue();
    }

    @Test
    void unknownWaitsForItsTwin() {
        resolution.sent();

        assertThat(resolution.dataPut(UNKNOWN)).isEqualTo(new Next.Wait());
        assertThat(resolution.dataPut(STORED)).isEqualTo(new Next.Durable());
    }

    @Test
    void refusedIsReadBackAndOurOwnIsDurable() {
        assertThat(resolution.dataPut(REFUSED)).isEqualTo(new Next.ReadBack());
        assertThat(resolution.readBack(OURS)).isEqualTo(new Next.Durable());
    }

    @Test
    void aSealCountsWhenTheFloorIsNotAboveIt() {
        for (long floor : new long[] {0, BELOW, AT}) {
            PutResolution slot = sent(LogRules.strict());
            slot.dataPut(REFUSED);
            assertThat(slot.readBack(SEALED)).isEqualTo(new Next.ReadFloor(1));
            assertThat(slot.floor(1, floor)).isEqualTo(new Next.Sealed(SEAL));
        }
    }

    @Test
    void aSealBelowTheFloorFellOnOurCollectedSlot() {
        resolution.dataPut(REFUSED);
        resolution.readBack(SEALED);

        assertThat(resolution.floor(1, ABOVE)).isEqualTo(new Next.Durable());
    }

    @Test
    void refusedAndThenGoneIsCollectedOrPutAgain() {
        resolution.dataPut(REFUSED);
        assertThat(resolution.readBack(new Occupant.Nothing())).isEqualTo(new Next.ReadFloor(1));
        assertThat(resolution.floor(1, AT)).isEqualTo(new Next.PutAgain());

        resolution.sent();
        resolution.dataPut(REFUSED);
        resolution.readBack(new Occupant.Nothing());
        assertThat(resolution.floor(2, ABOVE)).isEqualTo(new Next.Durable());
    }

    @Test
    void anythingElseIsDamage() {
        resolution.dataPut(REFUSED);
        assertThat(resolution.readBack(FOREIGN)).isInstanceOf(Next.Damaged.class);

        PutResolution other = sent(LogRules.strict());
        other.dataPut(REFUSED);
        assertThat(other.readBack(new Occupant.Damage("bits"))).isEqualTo(new Next.Damaged("bits"));
    }

    @Test
    void aSuccessThatArrivesWhileReadingBackDecides() {
        resolution.sent();
        resolution.dataPut(REFUSED);

        assertThat(resolution.dataPut(STORED)).isEqualTo(new Next.Durable());
        assertThat(resolution.readBack(OURS)).isEqualTo(new Next.Wait());
    }

    @Test
    void ourOwnSealNeedsTheFloorToo() {
        resolution.sent();
        Seal own = new Seal(Samples.SLOT, "self", "stuck", Fence.nobody());

        assertThat(resolution.sealPut(own, STORED)).isEqualTo(new Next.ReadFloor(1));
        assertThat(resolution.floor(1, AT)).isEqualTo(new Next.Sealed(own));
    }

    @Test
    void ourOwnSealThatIsRefusedMeetsOurData() {
        resolution.sent();

        assertThat(resolution.sealPut(SEAL, REFUSED)).isEqualTo(new Next.ReadBack());
        assertThat(resolution.readBack(OURS)).isEqualTo(new Next.Durable());
    }

    @Test
    void aFloorReadBeforeTheSealWasSeenDoesNotCount() {
        resolution.sent();
        resolution.dataPut(REFUSED);
        assertThat(resolution.readBack(new Occupant.Nothing())).isEqualTo(new Next.ReadFloor(1));
        assertThat(resolution.sealPut(SEAL, STORED)).isEqualTo(new Next.ReadFloor(2));

        assertThat(resolution.floor(1, AT)).isEqualTo(new Next.Wait());
        assertThat(resolution.floor(2, ABOVE)).isEqualTo(new Next.Durable());
    }

    @Test
    void withoutReadingBackASealWouldBeTakenForOurs() {
        assertThat(sent(LogRules.strict().without(Rule.R2_READ_BACK)).dataPut(REFUSED))
                .isEqualTo(new Next.Durable());
    }

    @Test
    void withoutTheFloorAStraySealWouldBeObeyed() {
        PutResolution naive = sent(LogRules.strict().without(Rule.R2_FLOOR_CHECK));
        naive.dataPut(REFUSED);

        assertThat(naive.readBack(SEALED)).isEqualTo(new Next.Sealed(SEAL));
    }

    /// A slot that holds our data, or nothing yet: whatever is lost, repeated or hedged, it never ends but durable.
    @Property(seed = "8123")
    void withoutSealersEverythingEndsDurable(@ForAll long seed) {
        Random random = new Random(seed);
        PutResolution any = new PutResolution(OWN, LogRules.strict());
        boolean there = false;
        int open = 0;
        int reading = 0;
        for (int step = 0; !any.decided(); step++) {
            boolean calm = step > 200;
            Next next = new Next.Wait();
            if (reading > 0) {
                reading--;
                next = any.readBack(there ? OURS : new Occupant.Nothing());
            } else if (open > 0 && random.nextBoolean()) {
                open--;
                if (!calm && random.nextInt(3) == 0) {
                    there |= random.nextBoolean();
                    next = any.dataPut(UNKNOWN);
                } else {
                    next = any.dataPut(there ? REFUSED : STORED);
                    there = true;
                }
            } else if (any.maySend()) {
                any.sent();
                open++;
            }
            if (next instanceof Next.ReadBack) {
                reading++;
            }
            assertThat(next)
                    .isNotInstanceOf(Next.Sealed.class)
                    .isNotInstanceOf(Next.Damaged.class)
                    .isNotInstanceOf(Next.ReadFloor.class);
        }
        assertThat(there).isTrue();
    }
}
