// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.Durability;
import io.penstock.log.LogMetrics;
import io.penstock.log.LogMetrics.SlotFate;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.PendingBudget;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;
import io.penstock.log.format.WalObjectBuilder;
import io.penstock.log.format.WalScratch;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The writer's side of one incarnation's WAL, in its current generation.
///
/// Promises: entries become durable in the order of their appends, and are told so in that order, each slot only when
/// everything below it is durable (R3); the bytes of a slot never change once sent (R1); a seal is obeyed exactly when
/// it is valid (R2), and what it does not fence is carried unchanged into the next generation (R8). Nothing is written
/// before the first append, and nothing is asked of the store while nobody appends and nobody asks for a barrier.
///
/// All methods are called on the actor.
public final class Wal {
    private static final Logger log = LoggerFactory.getLogger(Wal.class);

    private final Incarnation incarnation;
    private final WalSettings settings;
    private final LogRuntime runtime;
    private final LogMetrics metrics;
    private final Executor actor;
    private final WalListener listener;
    private final LogRules rules;
    private final PatientStore store;
    private final SlotProbe probe;
    private final Floors floors;
    private final SlotPut.Tools tools;
    private final GroupCommit commit;
    private final ReadBarriers barriers = new ReadBarriers();

    private final WalScratch scratch = new WalScratch();

    /// Not sent yet; the last one is being filled, those before it are full.
    private final ArrayDeque<Filling> queue = new ArrayDeque<>();
    /// Sent, and not passed by the frontier.
    private final TreeMap<Long, Flight> flights = new TreeMap<>();
    /// Valid seals that were met, where the frontier may not have come yet.
    private final Map<Long, Seal> seals = new HashMap<>();
    /// By name, in any generation so far: heirs do not look for these shards at these epochs behind the seal.
    private final Map<ShardId, LeaderEpoch> fencedUpTo = new HashMap<>();

    private int generation;
    private long nextSlot;
    private DurableFrontier frontier = new DurableFrontier();
    private boolean over;
    private Durability outcomeWhenOver = Durability.UNDECIDED;
    private final PendingBudget processPending;
    private volatile long pendingBytes;
    private boolean pumpComes;
    private long probes;
    private boolean probing;
    private long lastProbe;
    private LogRuntime.@Nullable Timer cutTimer;
    private LogRuntime.@Nullable Timer stuckTimer;
    private LogRuntime.@Nullable Timer probeTimer;

    public Wal(
            ObjectStore store,
            LogKeys keys,
            Incarnation incarnation,
            WalSettings settings,
            LogRuntime runtime,
            Executor actor,
            WalListener listener) {
        this(store, keys, incarnation, settings, runtime, actor, listener, LogRules.strict());
    }

    /// @param rules anything but [LogRules#strict()] only in tests and simulations
    public Wal(
            ObjectStore store,
            LogKeys keys,
            Incarnation incarnation,
            WalSettings settings,
            LogRuntime runtime,
            Executor actor,
            WalListener listener,
            LogRules rules) {
        this.incarnation = incarnation;
        this.settings = settings;
        this.runtime = runtime;
        this.processPending = runtime.pending();
        this.metrics = runtime.metrics();
        this.actor = actor;
        this.listener = listener;
        this.rules = rules;
        this.store = new PatientStore(store, runtime, actor, settings.backoff());
        this.probe = new SlotProbe(this.store, keys);
        this.floors = new Floors(this.store, keys, runtime);
        this.tools = new SlotPut.Tools(
                this.store, keys, probe, floors, runtime, actor, settings, new Hedging(settings.hedges()), rules);
        this.commit = new GroupCommit(settings.profile());
        this.lastProbe = runtime.nanos() - settings.barrierInterval().toNanos();
    }

    /// A slot that is not sent yet.
    private static final class Filling {
        final WalObjectBuilder object;
        final List<WalTicket> tickets = new ArrayList<>();
        long since;
        boolean urgent;

        Filling(WalScratch scratch) {
            object = new WalObjectBuilder(scratch);
        }
    }

    /// A slot that is sent. Its bytes change only where a test has switched R1 off.
    private static final class Flight {
        final WalHeader header;
        Filling content;
        ByteBuffer bytes;
        long stored;

        @Nullable
        SlotPut put;

        Flight(WalHeader header, Filling content) {
            this.header = header;
            this.content = content;
            this.bytes = content.object.freeze(header);
        }

        SlotPut put() {
            SlotPut started = put;
            if (started == null) {
                throw new IllegalStateException("slot " + header.slot() + " was not started");
            }
            return started;
        }
    }

    /// Copies the batch into the slot being filled, and patches base offset and leader epoch on the copy.
    ///
    /// @param index its position and size are ignored
    /// @return its ticket; `FENCED` or `UNDECIDED` at once if this WAL is over, `FENCED` if a seal has fenced
    /// the shard at this epoch
    public WalTicket append(BatchIndex index, ByteBuffer batch) {
        Filling filling = fillingFor(index.shard(), index.epoch(), batch.remaining());
        BatchIndex placed = filling.object.append(index, batch);
        return accept(filling, new WalTicket(new WalTicket.Entry.Batch(placed, filling.object)));
    }

    /// Appends a control entry. It does not wait for company, only for room in the pipeline.
    public WalTicket append(ControlEntry entry) {
        Filling filling = fillingFor(entry.shard(), entry.epoch(), 0);
        filling.object.append(entry);
        filling.urgent = true;
        return accept(filling, new WalTicket(new WalTicket.Entry.Control(entry)));
    }

    private WalTicket accept(Filling filling, WalTicket ticket) {
        if (over) {
            ticket.complete(outcomeWhenOver);
            return ticket;
        }
        if (fenced(ticket.shard(), ticket.epoch())) {
            ticket.complete(Durability.FENCED);
            return ticket;
        }
        if (filling.tickets.isEmpty()) {
            filling.since = runtime.nanos();
        }
        filling.tickets.add(ticket);
        pending(ticket.weight());
        pumpSoon();
        return ticket;
    }

    private boolean fenced(ShardId shard, LeaderEpoch epoch) {
        LeaderEpoch upTo = fencedUpTo.get(shard);
        return upTo != null && epoch.compareTo(upTo) <= 0;
    }

    /// The slot to append to; one that is never sent for what must not be written any more.
    private Filling fillingFor(ShardId shard, LeaderEpoch epoch, int bytes) {
        return over || fenced(shard, epoch) ? new Filling(new WalScratch()) : fillingFor(bytes);
    }

    private Filling fillingFor(int bytes) {
        Filling last = queue.peekLast();
        if (last == null || (!last.tickets.isEmpty() && last.object.size() + bytes > settings.maxSlotBytes())) {
            last = new Filling(scratch);
            queue.add(last);
        }
        return last;
    }

    /// Proves that this incarnation was not fenced when the call came (R10). Also the probe of an idle WAL: a seal that
    /// it meets is obeyed.
    ///
    /// @return true if proven; false if this WAL is over, or the store does not answer in time
    public CompletableFuture<Boolean> barrier() {
        if (over) {
            return CompletableFuture.completedFuture(false);
        }
        if (!rules.holds(Rule.R10_BARRIER)) {
            return CompletableFuture.completedFuture(true);
        }
        boolean first = !barriers.anyWaiting();
        CompletableFuture<Boolean> request = barriers.request();
        if (first) {
            long asked = runtime.nanos();
            request.thenAccept(proven -> metrics.barrier(proven, runtime.nanos() - asked));
            LogRuntime.Timer patience =
                    runtime.schedule(settings.barrierPatience(), actor, () -> request.complete(false));
            request.thenRun(patience::cancel);
            probeIfIdle();
        }
        return request;
    }

    public WalStatus status() {
        return new WalStatus(generation, frontier.passed(), flights.size(), pendingBytes, over);
    }

    private void pending(long delta) {
        long now = pendingBytes + delta; // written on the actor alone
        pendingBytes = now;
        processPending.changed(delta);
    }

    /// Bytes appended, and not yet durable. From any thread.
    public long pendingBytes() {
        return pendingBytes;
    }

    /// Stops at once. Pending tickets end as `UNDECIDED`; PUTs under way may still be applied.
    public void close() {
        if (!over) {
            stop(Durability.UNDECIDED, () -> {});
        }
    }

    /// Sends later in this turn of the actor, so that a burst of appends shares a slot.
    private void pumpSoon() {
        if (!pumpComes) {
            pumpComes = true;
            actor.execute(() -> {
                pumpComes = false;
                pump();
            });
        }
    }

    private void pump() {
        cancel(cutTimer);
        cutTimer = null;
        while (!over && !queue.isEmpty()) {
            Filling head = queue.element();
            boolean room = nextSlot - frontier.next() < settings.maxPutsInFlight() && seals.isEmpty();
            boolean full = queue.size() > 1 || head.object.size() >= settings.maxSlotBytes();
            long now = runtime.nanos();
            switch (commit.decide(now, room, full, head.urgent)) {
                case GroupCommit.Decision.Now() -> cut(now);
                case GroupCommit.Decision.At(long nanos) -> {
                    cutTimer = runtime.schedule(Duration.ofNanos(nanos - now), actor, this::pump);
                    return;
                }
                case GroupCommit.Decision.WhenRoom() -> {
                    return;
                }
            }
        }
    }

    private void cut(long now) {
        Filling content = queue.remove();
        WalSlot slot = new WalSlot(incarnation, generation, nextSlot++);
        Flight flight = new Flight(new WalHeader(slot, Nonce.random(runtime.random())), content);
        flights.put(slot.slot(), flight);
        content.tickets.forEach(ticket -> ticket.cut(slot));
        commit.cut(now);
        metrics.slotCut(flight.bytes.remaining(), content.tickets.size(), now - content.since);
        metrics.walWaits(pendingBytes, flights.size());
        barriers.sent(slot.slot());
        SlotPut put = new SlotPut(
                tools, flight.header, () -> bytesOf(flight), outcome -> guarded(slot, () -> resolved(flight, outcome)));
        flight.put = put;
        put.start();
        watchForStuckSlots();
    }

    private ByteBuffer bytesOf(Flight flight) {
        SlotPut put = flight.put();
        if (!rules.holds(Rule.R1_FROZEN_BYTES) && put.attempts() > 1 && !queue.isEmpty()) {
            refill(flight);
        }
        return flight.bytes;
    }

    /// The mistake R1 forbids, for the tests that must notice it.
    private void refill(Flight flight) {
        Filling more = queue.remove();
        List<WalTicket> tickets = new ArrayList<>(flight.content.tickets);
        tickets.addAll(more.tickets);
        Filling refilled = new Filling(scratch);
        for (WalTicket ticket : tickets) {
            move(ticket, refilled);
            ticket.cut(flight.header.slot());
        }
        flight.content = refilled;
        flight.bytes = refilled.object.freeze(flight.header);
    }

    private static void move(WalTicket ticket, Filling target) {
        switch (ticket.entry()) {
            case WalTicket.Entry.Batch batch -> {
                BatchIndex placed = target.object.append(batch.index(), ticket.bytes());
                ticket.placed(new WalTicket.Entry.Batch(placed, target.object));
            }
            case WalTicket.Entry.Control control -> {
                target.object.append(control.entry());
                ticket.placed(control);
            }
        }
        target.tickets.add(ticket);
    }

    /// A mistake in here or in the listener must stop this WAL and be seen, not vanish in a future.
    private void guarded(WalSlot slot, Runnable step) {
        try {
            if (!over) {
                step.run();
            }
        } catch (RuntimeException e) {
            log.error("wal stopped by an internal error: slot={}", slot, e);
            if (!over) {
                stop(Durability.UNDECIDED, () -> listener.damaged(slot, "internal error: " + e));
            }
        }
    }

    private void resolved(Flight flight, SlotPut.Outcome outcome) {
        long slot = flight.header.slot().slot();
        flight.stored = runtime.nanos();
        metrics.slotPut(
                fate(outcome),
                flight.put().attempts(),
                flight.stored - flight.put().firstSent());
        switch (outcome) {
            case SlotPut.Outcome.Durable() -> {
                commit.stored(flight.stored - flight.put().firstSent());
                if (!rules.holds(Rule.R3_FRONTIER)) {
                    tellDurable(flight);
                }
                follow(frontier.stored(slot));
            }
            case SlotPut.Outcome.Sealed(Seal seal) -> sealMet(seal);
            case SlotPut.Outcome.Damaged(String detail) -> damaged(flight.header.slot(), detail);
        }
    }

    private static SlotFate fate(SlotPut.Outcome outcome) {
        return switch (outcome) {
            case SlotPut.Outcome.Durable _ -> SlotFate.DURABLE;
            case SlotPut.Outcome.Sealed _ -> SlotFate.SEALED;
            case SlotPut.Outcome.Damaged _ -> SlotFate.DAMAGED;
        };
    }

    private void sealMet(Seal seal) {
        log.info(
                "seal met: slot={} fence={} sealer={} reason={}",
                seal.slot(),
                seal.fence(),
                seal.sealer(),
                seal.reason());
        seals.put(seal.slot().slot(), seal);
        follow(frontier.sealed(seal.slot().slot()));
    }

    private void follow(DurableFrontier.Advance advance) {
        int current = generation;
        for (long slot = advance.from(); slot < advance.to(); slot++) {
            Flight flight = flights.remove(slot);
            if (flight != null && rules.holds(Rule.R3_FRONTIER)) {
                tellDurable(flight);
            }
            if (over || generation != current) {
                return;
            }
            barriers.passed(slot);
        }
        if (advance.atSeal()) {
            Seal seal = seals.get(advance.to());
            if (seal == null) {
                throw new IllegalStateException("no seal is known at slot " + advance.to());
            }
            obey(seal);
        } else if (advance.to() > advance.from()) {
            watchForStuckSlots();
        }
        if (!over) {
            pump();
            probeIfIdle();
        }
    }

    private void tellDurable(Flight flight) {
        List<WalTicket> tickets = flight.content.tickets;
        for (WalTicket ticket : tickets) {
            pending(-ticket.weight());
        }
        metrics.slotAcknowledged(runtime.nanos() - flight.stored);
        metrics.walWaits(pendingBytes, flights.size());
        WalObjectBuilder object = flight.content.object;
        listener.durable(new DurableSlot(flight.header.slot(), object.batches(), object.control(), flight.bytes));
        tickets.forEach(ticket -> ticket.complete(Durability.DURABLE));
    }

    /// The frontier stands at a valid seal: everything sent to its slot and beyond does not exist.
    private void obey(Seal seal) {
        metrics.sealMet(seal.continues());
        if (!seal.continues()) {
            log.warn(
                    "incarnation ended by a seal: slot={} sealer={} reason={}",
                    seal.slot(),
                    seal.sealer(),
                    seal.reason());
            stop(Durability.FENCED, () -> listener.ended(seal.slot()));
            return;
        }
        List<WalTicket> pending = new ArrayList<>();
        for (Flight flight : flights.values()) {
            flight.put().abandon();
            pending.addAll(flight.content.tickets);
        }
        queue.forEach(filling -> pending.addAll(filling.tickets));
        pending.removeIf(ticket -> ticket.durability().isDone());
        flights.clear();
        queue.clear();
        seals.clear();
        generation++;
        nextSlot = 0;
        frontier = new DurableFrontier();

        List<WalTicket> fenced = new ArrayList<>();
        List<WalTicket> lost = new ArrayList<>();
        for (WalTicket ticket : pending) {
            if (seal.fences(ticket.shard(), ticket.epoch())) {
                fenced.add(ticket);
            } else if (rules.holds(Rule.R8_CARRY_UNCHANGED)) {
                // Same bytes, same offsets, same order; only the slots are new, and they wait for no company.
                Filling target = fillingFor(ticket.bytes().remaining());
                move(ticket, target);
                target.urgent = true;
            } else {
                lost.add(ticket);
            }
        }
        fenced.forEach(ticket -> pending(-ticket.weight()));
        lost.forEach(ticket -> pending(-ticket.weight()));
        log.info(
                "wal goes on: incarnation={} generation={} carried={} fenced={}",
                incarnation,
                generation,
                pending.size() - fenced.size() - lost.size(),
                fenced.size());
        barriers.generationEnded();
        if (seal.fence() instanceof Fence.Shards(Map<ShardId, LeaderEpoch> epochsUpTo)) {
            epochsUpTo.forEach((shard, upTo) ->
                    fencedUpTo.merge(shard, upTo, (one, other) -> one.compareTo(other) >= 0 ? one : other));
            listener.shardsFenced(epochsUpTo, seal.slot());
        }
        fenced.forEach(ticket -> ticket.complete(Durability.FENCED));
        lost.forEach(ticket -> ticket.complete(Durability.UNDECIDED));
    }

    private void damaged(WalSlot slot, String detail) {
        log.error("wal stopped by damage: slot={} detail={}", slot, detail);
        stop(Durability.UNDECIDED, () -> listener.damaged(slot, detail));
    }

    /// Terminal.
    private void stop(Durability outcome, Runnable tell) {
        over = true;
        outcomeWhenOver = outcome;
        store.close();
        cancel(cutTimer);
        cancel(stuckTimer);
        cancel(probeTimer);
        List<WalTicket> pending = new ArrayList<>();
        for (Flight flight : flights.values()) {
            flight.put().abandon();
            pending.addAll(flight.content.tickets);
        }
        queue.forEach(filling -> pending.addAll(filling.tickets));
        flights.clear();
        queue.clear();
        pending(-pendingBytes);
        metrics.walWaits(0, 0);
        tell.run();
        pending.forEach(ticket -> ticket.complete(outcome));
        barriers.failAll();
    }

    /// R2: the slot at the frontier that cannot be written for long becomes a seal that fences nobody. One timer at a
    /// time, which holds no slot: a runtime may keep cancelled timers for long.
    private void watchForStuckSlots() {
        Flight head = flights.get(frontier.next());
        if (stuckTimer != null || head == null || head.put().sealing()) {
            return;
        }
        long due = head.put().firstSent() + settings.slotStuckAfter().toNanos();
        Duration wait = Duration.ofNanos(Math.max(0, due - runtime.nanos()));
        stuckTimer = runtime.schedule(wait, actor, this::sealIfStuck);
    }

    private void sealIfStuck() {
        stuckTimer = null;
        Flight head = flights.get(frontier.next());
        if (over || head == null || head.put().sealing()) {
            return;
        }
        if (runtime.nanos() - head.put().firstSent() < settings.slotStuckAfter().toNanos()) {
            watchForStuckSlots();
            return;
        }
        WalSlot slot = head.header.slot();
        log.warn("slot stuck, sealing our own wal: slot={} after={}", slot, settings.slotStuckAfter());
        String reason = "slot not written within " + settings.slotStuckAfter();
        head.put().sealInstead(new Seal(slot, "incarnation " + incarnation, reason, Fence.nobody()));
    }

    /// With nothing in flight, a look at the next, never-sent slot proves that we are not fenced (R10).
    private void probeIfIdle() {
        if (over || probing || !flights.isEmpty() || !seals.isEmpty() || !barriers.anyWaiting()) {
            return;
        }
        long wait = lastProbe + settings.barrierInterval().toNanos() - runtime.nanos();
        if (wait > 0) {
            cancel(probeTimer);
            probeTimer = runtime.schedule(Duration.ofNanos(wait), actor, this::probeIfIdle);
            return;
        }
        barriers.probeBegins();
        probing = true;
        lastProbe = runtime.nanos();
        long number = ++probes;
        WalSlot slot = new WalSlot(incarnation, generation, nextSlot);
        // A probe that is never answered must not keep the next from starting.
        LogRuntime.Timer patience = runtime.schedule(settings.attemptTimeout(), actor, () -> probeEnds(number));
        probe.look(slot).thenAccept(occupant -> {
            patience.cancel();
            if (probing && number == probes) {
                guarded(slot, () -> probed(slot, occupant, number));
            }
        });
    }

    private void probed(WalSlot slot, Occupant occupant, long number) {
        boolean sentMeanwhile = slot.generation() != generation || slot.slot() < nextSlot;
        switch (occupant) {
            case Occupant.Nothing() -> {
                if (slot.generation() == generation) {
                    barriers.probeFoundNothing();
                }
                probeEnds(number);
            }
            case Occupant.Data _, Occupant.SealThere _
            when sentMeanwhile -> {
                // Who put the slot meanwhile finds out by itself what stands there.
                if (slot.generation() == generation && occupant instanceof Occupant.Data) {
                    barriers.probeFoundOwn(slot.slot(), frontier.passed() >= slot.slot());
                }
                probeEnds(number);
            }
            case Occupant.Data(WalHeader header) ->
                damaged(slot, "holds data of nonce " + header.nonce() + " though it was never sent");
            case Occupant.SealThere(Seal seal) -> obeyAfterFloor(seal, number);
            case Occupant.Damage(String detail) -> damaged(slot, detail);
        }
    }

    private void obeyAfterFloor(Seal seal, long number) {
        WalSlot slot = seal.slot();
        floors.read(incarnation, slot.generation()).whenComplete((floor, damage) -> {
            if (over || number != probes) {
                return;
            }
            if (damage != null) {
                damaged(slot, String.valueOf(damage.getMessage()));
            } else if (slot.generation() != generation || slot.slot() < nextSlot) {
                probeEnds(number);
            } else if (floor > slot.slot()) {
                damaged(slot, "the floor " + floor + " is above a slot that was never sent");
            } else {
                probing = false;
                barriers.probeVoid();
                guarded(slot, () -> sealMet(seal));
            }
        });
    }

    private void probeEnds(long number) {
        if (!over && probing && number == probes) {
            probing = false;
            barriers.probeVoid();
            probeIfIdle();
        }
    }

    private static void cancel(LogRuntime.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
