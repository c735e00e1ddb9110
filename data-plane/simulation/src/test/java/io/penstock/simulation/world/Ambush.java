// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.log.format.SlotCodec;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.simulation.scheduler.VirtualProcess;
import io.penstock.simulation.store.SimulatedStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Chaos that waits for the right instant: chains of coincidences that the models need ten to twenty steps
/// for, and that
/// chance alone would bring about once in a million worlds.
///
/// Each names the step of the protocol at which it strikes. With all rules in force the victims are unharmed.
final class Ambush implements SimulatedStore.Interceptor {
    enum Plan {
        /// A sealer freezes between reading the floor and looking at slots, while the writer it was told is
        /// dead goes on collecting: the slots it finds empty were full (R4).
        FREEZE_THE_SEALER_AT_THE_FLOOR(8_000),
        /// A leader stops in the middle of folding and is replaced; its heir freezes between reading the
        /// manifest and writing it; then the old leader, who cannot reach its WAL and so does not know of the
        /// seal, goes on folding and collecting (R7).
        FREEZE_THE_HEIR_AT_THE_MANIFEST(12_000),
        /// A leader freezes in the middle of folding; when it wakes others have folded and collected far
        /// beyond (R6).
        FREEZE_THE_FOLDER(14_000),
        /// A seal by name is held back at a slot that the writer's own put fills after all; it arrives when
        /// that slot is collected, and then the writer wakes and reads it back (R2).
        KEEP_A_SEAL_FOR_A_COLLECTED_SLOT(20_000),
        /// A leader freezes with a put on its way, and others seal its WAL. Were the seal collected, the put
        /// would be stored, and the leader, waking, would take that for success (R5).
        FREEZE_UNTIL_THE_SEAL_IS_GONE(20_000),
        /// A leader sleeps just long enough to lose a shard by name, goes on in its next generation, and
        /// hands all else off there: what its heirs need lies in both (R9).
        HAND_OFF_IN_THE_NEXT_GENERATION(6_000);

        /// After so long it has struck or never will.
        private final long millis;

        Plan(long millis) {
            this.millis = millis;
        }
    }

    private final World world;
    private final Chaos chaos;
    private final Plan plan;
    private @Nullable SimulatedBroker victim;
    private String victimsWal = "";
    private boolean sprung;
    private boolean replaced;
    private boolean sealed;
    private boolean ended;
    private SimulatedStore.@Nullable Held heldData;
    private SimulatedStore.@Nullable Held heldSeal;

    Ambush(World world, Chaos chaos, Plan plan) {
        this.world = world;
        this.chaos = chaos;
        this.plan = plan;
    }

    /// @return whether it lies in wait now
    boolean lay() {
        Optional<SimulatedBroker> leader = chaos.one(broker -> broker.isLinked() && world.leads(broker));
        if (leader.isEmpty() || !world.control().isUp() || world.brokers().size() < 2) {
            return false;
        }
        SimulatedBroker target = leader.get();
        Optional<Incarnation> incarnation = target.cluster().incarnation();
        if (incarnation.isEmpty()) {
            return false;
        }
        victim = target;
        victimsWal = "/" + incarnation.get() + "/";
        world.trace().line("CHAOS", "lays an ambush for %s: %s", target, plan);
        world.store().intercept(this);
        chaos.later(plan.millis, this::end);
        switch (plan) {
            case FREEZE_THE_SEALER_AT_THE_FLOOR -> {
                target.cut();
                chaos.later(6_000, target::mend);
                falselyReportEnded(target);
            }
            case HAND_OFF_IN_THE_NEXT_GENERATION -> {
                freezeAtOnce(target, chaos.millis(1_300, 1_800));
                target.home().moveOne(target);
                chaos.later(chaos.millis(2_000, 3_000), () -> target.home().drain(target, Duration.ofSeconds(2)));
            }
            case FREEZE_THE_HEIR_AT_THE_MANIFEST,
                    FREEZE_THE_FOLDER,
                    KEEP_A_SEAL_FOR_A_COLLECTED_SLOT,
                    FREEZE_UNTIL_THE_SEAL_IS_GONE -> {}
        }
        return true;
    }

    private void falselyReportEnded(SimulatedBroker broker) {
        world.trace().line("CHAOS", "says falsely that %s has ended", broker);
        broker.home().processEnded(broker);
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        chaos.ambushOver();
        world.store().intercept(null);
        if (heldData != null) {
            heldData.release();
        }
        if (heldSeal != null) {
            heldSeal.release();
        }
        if (victim != null) {
            victim.thaw();
            victim.mend();
        }
    }

    @Override
    public boolean holdsPut(VirtualProcess sender, ObjectKey key, ByteBuffer bytes, SimulatedStore.Held held) {
        SimulatedBroker target = victim;
        if (target == null) {
            return false;
        }
        boolean byVictim = sender == target.process();
        boolean toItsWal = key.value().contains("/wal" + victimsWal);
        return switch (plan) {
            case FREEZE_THE_SEALER_AT_THE_FLOOR, HAND_OFF_IN_THE_NEXT_GENERATION -> false;
            case FREEZE_THE_HEIR_AT_THE_MANIFEST -> {
                if (byVictim && !replaced && key.value().contains("/segment/")) {
                    replaced = true;
                    target.cut();
                    freezeAtOnce(target, 3_000);
                    falselyReportEnded(target);
                }
                sealed |= replaced && toItsWal && !byVictim;
                yield replaced && toItsWal && byVictim;
            }
            case FREEZE_THE_FOLDER -> {
                if (byVictim && !sprung && key.value().contains("/segment/")) {
                    sprung = true;
                    freezeAtOnce(target, chaos.millis(4_000, 8_000));
                    falselyReportEnded(target);
                    chaos.later(chaos.millis(8_500, 10_000), this::killAnHeir);
                }
                yield false;
            }
            case FREEZE_UNTIL_THE_SEAL_IS_GONE -> {
                boolean first = byVictim && toItsWal && heldData == null;
                if (first) {
                    heldData = held;
                    freezeAtOnce(target, plan.millis);
                    target.cut();
                    falselyReportEnded(target);
                    world.deletions().whenDeleted(key, () -> {
                        held.release();
                        chaos.later(100, target::thaw);
                    });
                }
                yield first;
            }
            case KEEP_A_SEAL_FOR_A_COLLECTED_SLOT -> keepASeal(target, sender, byVictim, toItsWal, key, bytes, held);
        };
    }

    private boolean keepASeal(
            SimulatedBroker target,
            VirtualProcess sender,
            boolean byVictim,
            boolean toItsWal,
            ObjectKey key,
            ByteBuffer bytes,
            SimulatedStore.Held held) {
        if (toItsWal && byVictim && heldData == null) {
            heldData = held;
            freezeAtOnce(target, plan.millis);
            target.home().moveOne(target);
            return true;
        }
        if (toItsWal && !byVictim && heldData != null && heldSeal == null && SlotCodec.isSeal(bytes)) {
            heldSeal = held;
            SimulatedStore.Held data = heldData;
            world.trace().line("CHAOS", "keeps the seal for %s", key);
            chaos.later(20, data::release);
            world.broker(sender)
                    .ifPresent(sealer -> world.scheduler().afterNanos(0, () -> {
                        chaos.kill(sealer);
                        sealer.home().processEnded(sealer);
                    }));
            // It must not hear of its retirement before it has read the seal.
            target.cut();
            falselyReportEnded(target);
            world.deletions().whenDeleted(key, () -> {
                held.release();
                chaos.later(100, target::thaw);
                chaos.later(1_500, this::end);
            });
            return true;
        }
        return false;
    }

    @Override
    public void reads(VirtualProcess sender, ObjectKey key) {
        SimulatedBroker target = victim;
        if (target == null || sprung || sender == target.process()) {
            return;
        }
        boolean now = switch (plan) {
            case FREEZE_THE_SEALER_AT_THE_FLOOR -> key.value().contains("/floor" + victimsWal);
            case FREEZE_THE_HEIR_AT_THE_MANIFEST -> sealed && key.value().contains("/shard/");
            case FREEZE_THE_FOLDER,
                    KEEP_A_SEAL_FOR_A_COLLECTED_SLOT,
                    FREEZE_UNTIL_THE_SEAL_IS_GONE,
                    HAND_OFF_IN_THE_NEXT_GENERATION -> false;
        };
        if (now) {
            sprung = true;
            world.broker(sender).ifPresent(broker -> freezeAtOnce(broker, chaos.millis(2_000, 5_000)));
            // The answer has to be on its way before the old leader moves again.
            chaos.later(200, target::thaw);
        }
    }

    /// At once, but not in the middle of the broker's own task.
    private void freezeAtOnce(SimulatedBroker broker, long millis) {
        world.scheduler().afterNanos(0, () -> {
            broker.freeze();
            chaos.later(millis, broker::thaw);
        });
    }

    private void killAnHeir() {
        chaos.one(broker -> broker != victim && world.leads(broker)).ifPresent(heir -> {
            chaos.kill(heir);
            chaos.later(50, () -> heir.home().processEnded(heir));
        });
    }
}
