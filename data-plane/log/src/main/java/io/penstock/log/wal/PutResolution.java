// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;
import io.penstock.objectstore.PutOutcome;

/// Decides, step by step, what became of one slot (R2).
///
/// Fed with what the store answered, it says what to do next, until the slot is known to be durable or sealed. Answers
/// may come in any order, and after the decision: those change nothing. Pure.
final class PutResolution {
    private enum State {
        PUTTING,
        READING_BACK,
        READING_FLOOR,
        DECIDED
    }

    /// What to do next.
    sealed interface Next {
        /// Nothing: an answer is still to come.
        record Wait() implements Next {}

        /// Send the same bytes to the same key again, after a pause.
        record PutAgain() implements Next {}

        /// Ask the object in the slot who wrote it.
        record ReadBack() implements Next {}

        /// Ask for the floor of the generation, now, and hand in the answer under this number.
        record ReadFloor(int question) implements Next {}

        /// Ours, for good.
        record Durable() implements Next {}

        /// A valid seal stands in the slot.
        record Sealed(Seal seal) implements Next {}

        /// Something stands there that can only be damage, or a second writer with our name.
        record Damaged(String detail) implements Next {}
    }

    private final WalHeader own;
    private final LogRules rules;
    private State state = State.PUTTING;
    private int open;
    private int question;
    private Occupant found = new Occupant.Nothing();

    PutResolution(WalHeader own, LogRules rules) {
        this.own = own;
        this.rules = rules;
    }

    boolean decided() {
        return state == State.DECIDED;
    }

    /// Whether another attempt may be sent now: a hedge, or after a timeout.
    boolean maySend() {
        return state == State.PUTTING;
    }

    /// An attempt, of our data or of a seal by ourselves, leaves.
    void sent() {
        open++;
    }

    /// An attempt of our data was answered.
    Next dataPut(PutOutcome outcome) {
        open--;
        if (state == State.DECIDED) {
            return new Next.Wait();
        }
        return switch (outcome) {
            case PutOutcome.Stored _ -> decide(new Next.Durable());
            case PutOutcome.Refused _ -> refused();
            case PutOutcome.Unknown _ -> unknown();
        };
    }

    /// An attempt to seal our own slot was answered.
    Next sealPut(Seal seal, PutOutcome outcome) {
        open--;
        if (state == State.DECIDED) {
            return new Next.Wait();
        }
        return switch (outcome) {
            case PutOutcome.Stored _ -> foundSeal(new Occupant.SealThere(seal));
            case PutOutcome.Refused _ -> state == State.PUTTING ? readBack() : new Next.Wait();
            case PutOutcome.Unknown _ -> unknown();
        };
    }

    private Next refused() {
        if (state != State.PUTTING) {
            return new Next.Wait();
        }
        if (!rules.holds(Rule.R2_READ_BACK)) {
            return decide(new Next.Durable());
        }
        // Only our lost first attempt or a sealer can have filled this slot: ask the object before believing either.
        return readBack();
    }

    private Next readBack() {
        state = State.READING_BACK;
        return new Next.ReadBack();
    }

    private Next unknown() {
        return state == State.PUTTING && open == 0 ? new Next.PutAgain() : new Next.Wait();
    }

    /// What the object in the slot turned out to be.
    Next readBack(Occupant what) {
        if (state != State.READING_BACK) {
            return new Next.Wait();
        }
        return switch (what) {
            case Occupant.Data(WalHeader header) ->
                header.equals(own)
                        ? decide(new Next.Durable())
                        : decide(new Next.Damaged(
                                "slot " + own.slot() + " holds data that this incarnation did not write"));
            case Occupant.SealThere there -> foundSeal(there);
            // Refused, and yet nothing there: only collection deletes, and only below the floor.
            case Occupant.Nothing nothing -> readFloor(nothing);
            case Occupant.Damage(String detail) -> decide(new Next.Damaged(detail));
        };
    }

    private Next foundSeal(Occupant.SealThere there) {
        if (!rules.holds(Rule.R2_FLOOR_CHECK)) {
            return decide(new Next.Sealed(there.seal()));
        }
        return readFloor(there);
    }

    private Next readFloor(Occupant because) {
        found = because;
        state = State.READING_FLOOR;
        question++;
        return new Next.ReadFloor(question);
    }

    /// The floor, read after the object; an answer to an earlier question is not.
    Next floor(int answered, long floor) {
        if (state != State.READING_FLOOR || answered != question) {
            return new Next.Wait();
        }
        if (floor > own.slot().slot()) {
            // Below the floor the slot held our own data, now covered by manifests: a late seal fell on a collected
            // slot.
            return decide(new Next.Durable());
        }
        return switch (found) {
            case Occupant.SealThere(Seal seal) -> decide(new Next.Sealed(seal));
            case Occupant.Nothing _ -> {
                state = State.PUTTING;
                yield new Next.PutAgain();
            }
            case Occupant.Data _, Occupant.Damage _ ->
                throw new IllegalStateException("no floor is read after " + found);
        };
    }

    private Next decide(Next decision) {
        state = State.DECIDED;
        return decision;
    }
}
