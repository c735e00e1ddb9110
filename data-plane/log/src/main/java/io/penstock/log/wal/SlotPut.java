// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts one slot until its outcome is known: carries out what [PutResolution] decides. On the actor.
final class SlotPut {
    private static final Logger log = LoggerFactory.getLogger(SlotPut.class);

    /// What all slots of a WAL are put with.
    record Tools(
            PatientStore store,
            LogKeys keys,
            SlotProbe probe,
            Floors floors,
            LogRuntime runtime,
            Executor actor,
            WalSettings settings,
            Hedging hedging,
            LogRules rules) {}

    /// How it ended.
    sealed interface Outcome {
        record Durable() implements Outcome {}

        record Sealed(Seal seal) implements Outcome {}

        record Damaged(String detail) implements Outcome {}
    }

    private final Tools tools;
    private final WalSlot slot;
    private Supplier<ByteBuffer> bytes;
    private Consumer<Outcome> decided;
    private final PutResolution resolution;
    private final ObjectKey key;
    private long firstSent;
    private int attempts;
    private boolean abandoned;
    private @Nullable Seal sealInstead;
    private LogRuntime.@Nullable Timer timer;

    /// @param bytes asked at every attempt; frozen, so always the same (R1)
    /// @param decided called once
    SlotPut(Tools tools, WalHeader header, Supplier<ByteBuffer> bytes, Consumer<Outcome> decided) {
        this.tools = tools;
        this.slot = header.slot();
        this.bytes = bytes;
        this.decided = decided;
        this.resolution = new PutResolution(header, tools.rules());
        this.key = tools.keys().slot(slot);
    }

    /// Monotonic time of the first attempt.
    long firstSent() {
        return firstSent;
    }

    boolean decided() {
        return resolution.decided();
    }

    /// How many attempts have been begun.
    int attempts() {
        return attempts;
    }

    boolean sealing() {
        return sealInstead != null;
    }

    void start() {
        firstSent = tools.runtime().nanos();
        send();
    }

    /// From now on attempts try to put this seal, by which our own WAL goes on in the next generation. Attempts with
    /// data may still be under way: what stands in the slot in the end is the truth.
    void sealInstead(Seal seal) {
        sealInstead = seal;
        if (resolution.maySend()) {
            send();
        }
    }

    /// Nothing more is sent, and no outcome is told. Attempts under way may still be applied.
    void abandon() {
        abandoned = true;
        release();
    }

    /// Answers still under way, and timers that a runtime keeps though cancelled, must not keep the slot in memory.
    private void release() {
        cancelTimer();
        decided = _ -> {};
        bytes = () -> {
            throw new IllegalStateException("slot " + slot + " is not sent any more");
        };
    }

    private void send() {
        attempts++;
        resolution.sent();
        Seal seal = sealInstead;
        if (seal == null) {
            PutCondition condition =
                    tools.rules().holds(Rule.R1_WRITE_ONCE) ? PutCondition.ifAbsent() : PutCondition.always();
            long sentAt = tools.runtime().nanos();
            tools.store().put(key, bytes.get(), condition).thenAccept(outcome -> {
                if (outcome instanceof PutOutcome.Stored) {
                    tools.hedging().answered(Duration.ofNanos(tools.runtime().nanos() - sentAt));
                }
                noteUncertain(outcome);
                follow(resolution.dataPut(outcome));
            });
        } else {
            tools.store().put(key, seal.encode(), PutCondition.ifAbsent()).thenAccept(outcome -> {
                noteUncertain(outcome);
                follow(resolution.sealPut(seal, outcome));
            });
        }
        // A twin that hedges, or a successor to an attempt that is never answered: both are free of duplicates.
        if (attempts == 1) {
            hedge();
        } else {
            sendAfter(tools.settings().attemptTimeout());
        }
    }

    private void hedge() {
        Hedging hedging = tools.hedging();
        hedging.sent();
        Duration timeout = tools.settings().attemptTimeout();
        Duration delay = hedging.delay().orElse(timeout);
        if (delay.compareTo(timeout) >= 0) {
            sendAfter(timeout);
            return;
        }
        cancelTimer();
        timer = tools.runtime().schedule(delay, tools.actor(), () -> {
            if (abandoned || !resolution.maySend()) {
                return;
            }
            if (hedging.spend()) {
                send();
            } else {
                sendAfter(timeout.minus(delay));
            }
        });
    }

    private void noteUncertain(PutOutcome outcome) {
        if (outcome instanceof PutOutcome.Unknown(Throwable cause) && !abandoned) {
            log.debug(
                    "slot put without a certain answer: slot={} attempt={} cause={}", slot, attempts, cause.toString());
        }
    }

    private void sendAfter(Duration delay) {
        cancelTimer();
        timer = tools.runtime().schedule(delay, tools.actor(), () -> {
            if (!abandoned && resolution.maySend()) {
                send();
            }
        });
    }

    private void follow(PutResolution.Next next) {
        if (abandoned) {
            return;
        }
        switch (next) {
            case PutResolution.Next.Wait() -> {}
            case PutResolution.Next.PutAgain() ->
                sendAfter(tools.settings()
                        .backoff()
                        .after(attempts, tools.runtime().random()));
            case PutResolution.Next.ReadBack() ->
                tools.probe().look(slot).thenAccept(occupant -> follow(resolution.readBack(occupant)));
            case PutResolution.Next.ReadFloor(int question) -> readFloor(question);
            case PutResolution.Next.Durable() -> end(new Outcome.Durable());
            case PutResolution.Next.Sealed(Seal seal) -> end(new Outcome.Sealed(seal));
            case PutResolution.Next.Damaged(String detail) -> end(new Outcome.Damaged(detail));
        }
    }

    private void readFloor(int question) {
        tools.floors().read(slot.incarnation(), slot.generation()).whenComplete((floor, damage) -> {
            if (abandoned) {
                return;
            }
            if (damage == null) {
                follow(resolution.floor(question, floor));
            } else if (!resolution.decided()) {
                end(new Outcome.Damaged(String.valueOf(damage.getMessage())));
            }
        });
    }

    private void end(Outcome outcome) {
        Consumer<Outcome> tell = decided;
        release();
        tell.accept(outcome);
    }

    private void cancelTimer() {
        LogRuntime.Timer running = timer;
        if (running != null) {
            running.cancel();
            timer = null;
        }
    }
}
