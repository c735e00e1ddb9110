// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.store;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.simulation.Trace;
import io.penstock.simulation.scheduler.Scheduler;
import io.penstock.simulation.scheduler.VirtualProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A strongly consistent object store with conditional puts, in virtual time, whose requests may be lost, late,
/// repeated, slow, and answered wrongly in every way the port allows.
///
/// What it never does: break a condition, forget an object, or show an old state to a new reader. A put outlives its
/// sender: killing a process leaves its requests on the wire.
public final class SimulatedStore {
    /// Decides about single requests, where chance alone would take too long to hit.
    public interface Interceptor {
        /// A process sends a put.
        ///
        /// @return whether to hold it back: it is applied when the [Held] is released, and its sender times out
        boolean holdsPut(VirtualProcess sender, ObjectKey key, ByteBuffer bytes, Held held);

        /// A process sends a read of one object.
        void reads(VirtualProcess sender, ObjectKey key);
    }

    /// A put on the wire, which somebody keeps there.
    public static final class Held {
        private @Nullable Runnable effect;

        /// Lets it arrive now. Does nothing the second time, or if it was never held.
        public void release() {
            Runnable once = effect;
            effect = null;
            if (once != null) {
                once.run();
            }
        }
    }

    private static final long MILLI = 1_000_000;
    private static final long TIMEOUT_MILLIS = 2_000;

    /// Does what a request asks for.
    private interface Effect<T> {
        @CanIgnoreReturnValue
        T apply(String how);
    }

    private record StoredObject(ObjectVersion version, ByteBuffer bytes, long lastModifiedMillis) {}

    private final Scheduler scheduler;
    private final SplittableRandom chance;
    private final Trace trace;
    private final NavigableMap<ObjectKey, StoredObject> objects = new TreeMap<>();
    private final Map<VirtualProcess, Integer> putsInFlight = new LinkedHashMap<>();
    private final List<StoreObserver> observers = new ArrayList<>();
    private StoreFaults faults = StoreFaults.none();
    private @Nullable Interceptor interceptor;
    private long lastVersion;
    private long requests;

    public SimulatedStore(Scheduler scheduler, long seed, Trace trace) {
        this.scheduler = scheduler;
        this.chance = new SplittableRandom(seed);
        this.trace = trace;
    }

    /// From now on; requests under way keep their fate.
    public void faults(StoreFaults now) {
        this.faults = now;
    }

    /// Lets somebody decide about single requests from now on; null: nobody.
    public void intercept(@Nullable Interceptor by) {
        this.interceptor = by;
    }

    public void observe(StoreObserver observer) {
        observers.add(observer);
    }

    /// The store as that process reaches it: answers arrive only while the process runs.
    public ObjectStore connect(VirtualProcess process) {
        return new Connection(process);
    }

    /// Puts that the process has sent and has no answer to.
    public int putsInFlight(VirtualProcess process) {
        return putsInFlight.getOrDefault(process, 0);
    }

    public long requests() {
        return requests;
    }

    /// What is there, for judges: no fault, no time.
    public @Nullable ByteBuffer peek(ObjectKey key) {
        StoredObject present = objects.get(key);
        return present == null ? null : present.bytes().duplicate();
    }

    private PutOutcome applyPut(
            VirtualProcess sender, ObjectKey key, ByteBuffer bytes, PutCondition condition, String how) {
        StoredObject present = objects.get(key);
        boolean holds = switch (condition) {
            case PutCondition.Always() -> true;
            case PutCondition.IfAbsent() -> present == null;
            case PutCondition.IfVersion(ObjectVersion version) ->
                present != null && present.version().equals(version);
        };
        trace.line("store", "%s put %s of %s%s", holds ? "applies" : "refuses", key, sender, how);
        if (!holds) {
            return new PutOutcome.Refused();
        }
        lastVersion++;
        ObjectVersion version = new ObjectVersion("v" + lastVersion);
        objects.put(key, new StoredObject(version, bytes, scheduler.nanos() / MILLI));
        for (StoreObserver observer : observers) {
            observer.stored(key, bytes.duplicate());
        }
        return new PutOutcome.Stored(version);
    }

    private DeleteOutcome applyDelete(VirtualProcess sender, ObjectKey key, String how) {
        StoredObject present = objects.remove(key);
        trace.line("store", "deletes %s for %s%s%s", key, sender, how, present == null ? ", absent" : "");
        if (present != null) {
            for (StoreObserver observer : observers) {
                observer.deleted(key);
            }
        }
        return new DeleteOutcome.Deleted();
    }

    private ListOutcome listNow(String prefix, Optional<ObjectKey> after, int limit) {
        List<ListOutcome.Entry> found = new ArrayList<>();
        // The first candidate is the prefix itself as a key, unless it ends in a slash (no legal key does).
        String start = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        NavigableMap<ObjectKey, StoredObject> candidates =
                start.isEmpty() ? objects : objects.tailMap(ObjectKey.of(start), true);
        if (after.isPresent() && (candidates.isEmpty() || after.get().compareTo(candidates.firstKey()) >= 0)) {
            candidates = objects.tailMap(after.get(), false);
        }
        for (Map.Entry<ObjectKey, StoredObject> candidate : candidates.entrySet()) {
            String key = candidate.getKey().value();
            if (key.startsWith(prefix)) {
                if (found.size() == limit) {
                    return new ListOutcome.Listed(found, true);
                }
                StoredObject object = candidate.getValue();
                found.add(new ListOutcome.Entry(
                        candidate.getKey(), object.bytes().remaining(), object.lastModifiedMillis()));
            } else if (key.compareTo(prefix) > 0) {
                break;
            }
        }
        return new ListOutcome.Listed(found, false);
    }

    /// One way over the network and back, without trouble: mostly 3 to 15 ms, sometimes 100.
    private long travel() {
        long base = 3 * MILLI + chance.nextLong(12 * MILLI);
        if (chance.nextInt(50) == 0) {
            base += chance.nextLong(90 * MILLI);
        }
        if (chance.nextDouble() < faults.slow()) {
            base *= 10 + chance.nextInt(90);
        }
        return base;
    }

    private boolean happens(double probability) {
        return probability > 0 && chance.nextDouble() < probability;
    }

    private long muchLater() {
        return (100 + chance.nextLong(chance.nextInt(4) == 0 ? 30_000 : 3_000)) * MILLI;
    }

    private IOException error() {
        return switch (chance.nextInt(4)) {
            case 0 -> new IOException("409 ConditionalRequestConflict");
            case 1 -> new IOException("500 InternalError");
            case 2 -> new IOException("503 SlowDown");
            default -> new IOException("connection reset");
        };
    }

    private final class Connection implements ObjectStore {
        private final VirtualProcess process;

        Connection(VirtualProcess process) {
            this.process = process;
        }

        @Override
        public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
            copy.put(bytes.duplicate()).flip();
            ByteBuffer frozen = copy.asReadOnlyBuffer();
            trace.line(process, "puts %s, %d bytes", key, frozen.remaining());
            putsInFlight.merge(process, 1, Integer::sum);
            CompletableFuture<PutOutcome> answer = new CompletableFuture<>();
            Change<PutOutcome> change = new Change<>(
                    "put " + key,
                    how -> applyPut(process, key, frozen, condition, how),
                    PutOutcome.Unknown::new,
                    outcome -> {
                        putsInFlight.merge(process, -1, Integer::sum);
                        answer.complete(outcome);
                    });
            Held held = new Held();
            if (interceptor != null && interceptor.holdsPut(process, key, frozen.duplicate(), held)) {
                requests++;
                held.effect = () -> change.happens(0, " (held back)");
                change.timesOut("it is held back");
            } else {
                send(change);
            }
            return answer;
        }

        @Override
        public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
            CompletableFuture<DeleteOutcome> answer = new CompletableFuture<>();
            send(new Change<>(
                    "delete " + key,
                    how -> applyDelete(process, key, how),
                    DeleteOutcome.Unknown::new,
                    answer::complete));
            return answer;
        }

        /// Decides the fate of a request that changes something.
        private <T> void send(Change<T> change) {
            requests++;
            long there = travel();
            long back = travel();
            if (happens(faults.lostRequest())) {
                change.timesOut("the request is lost");
            } else if (happens(faults.errorBefore())) {
                IOException error = error();
                change.answers(there + back, () -> change.unknown.apply(error), "not done: " + error.getMessage());
            } else if (happens(faults.late())) {
                change.happens(TIMEOUT_MILLIS * MILLI / 2 + muchLater(), " (late)");
                change.timesOut("it is late");
            } else if (happens(faults.lostReply())) {
                change.happens(there, "");
                change.timesOut("the reply is lost");
            } else if (happens(faults.errorAfter())) {
                IOException error = error();
                change.happens(there, "");
                change.answers(there + back, () -> change.unknown.apply(error), "done, but " + error.getMessage());
            } else if (happens(faults.retriedBelow())) {
                change.happens(there, "");
                change.happensAndAnswers(there + travel() + 50 * MILLI, back, " (retried below the port)");
            } else {
                change.happensAndAnswers(there, back, "");
                if (happens(faults.twice())) {
                    change.happens(there + muchLater(), " (repeated)");
                }
            }
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            if (interceptor != null) {
                interceptor.reads(process, key);
            }
            return read(
                    "get " + key,
                    () -> {
                        StoredObject present = objects.get(key);
                        return present == null
                                ? new GetOutcome.Absent()
                                : new GetOutcome.Found(
                                        present.version(),
                                        present.bytes().duplicate(),
                                        present.bytes().remaining());
                    },
                    GetOutcome.Failed::new);
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
            if (interceptor != null) {
                interceptor.reads(process, key);
            }
            return read(
                    "get " + key + " from " + range.start(),
                    () -> {
                        StoredObject present = objects.get(key);
                        if (present == null) {
                            return new GetOutcome.Absent();
                        }
                        int size = present.bytes().remaining();
                        int start = (int) range.startIn(size);
                        int end = (int) range.endIn(size);
                        return new GetOutcome.Found(
                                present.version(), present.bytes().slice(start, end - start), size);
                    },
                    GetOutcome.Failed::new);
        }

        @Override
        public CompletableFuture<HeadOutcome> head(ObjectKey key) {
            return read(
                    "head " + key,
                    () -> {
                        StoredObject present = objects.get(key);
                        return present == null
                                ? new HeadOutcome.Absent()
                                : new HeadOutcome.Found(
                                        present.version(), present.bytes().remaining());
                    },
                    HeadOutcome.Failed::new);
        }

        @Override
        public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
            ListOutcome.requireLimit(limit);
            return read("list " + prefix, () -> listNow(prefix, after, limit), ListOutcome.Failed::new);
        }

        private <T> CompletableFuture<T> read(String what, Supplier<T> look, Function<Throwable, T> failed) {
            requests++;
            CompletableFuture<T> answer = new CompletableFuture<>();
            if (happens(faults.readFails())) {
                boolean silent = chance.nextInt(3) == 0;
                IOException error = silent ? new IOException("timeout") : error();
                long after = silent ? TIMEOUT_MILLIS * MILLI : travel();
                process.deliver(after, () -> {
                    trace.line(process, "%s: %s", what, error);
                    answer.complete(failed.apply(error));
                });
            } else {
                long back = travel();
                scheduler.afterNanos(travel(), () -> {
                    T found = look.get();
                    process.deliver(back, () -> {
                        trace.line(process, "%s: %s", what, named(found));
                        answer.complete(found);
                    });
                });
            }
            return answer;
        }

        @Override
        public void close() {
            // The requests under way go on: that is the point of this store.
        }

        private static String named(Object outcome) {
            return outcome.getClass().getSimpleName();
        }

        /// A request that changes something: what it does, and how its caller hears of it.
        private final class Change<T> {
            private final String what;
            private final Effect<T> effect;
            private final Function<Throwable, T> unknown;
            private final Consumer<T> caller;

            Change(String what, Effect<T> effect, Function<Throwable, T> unknown, Consumer<T> caller) {
                this.what = what;
                this.effect = effect;
                this.unknown = unknown;
                this.caller = caller;
            }

            void happens(long after, String how) {
                scheduler.afterNanos(after, () -> effect.apply(how));
            }

            void happensAndAnswers(long after, long back, String how) {
                scheduler.afterNanos(after, () -> {
                    T outcome = effect.apply(how);
                    answers(back, () -> outcome, named(outcome));
                });
            }

            void answers(long after, Supplier<T> outcome, String named) {
                process.deliver(after, () -> {
                    trace.line(process, "%s: %s", what, named);
                    caller.accept(outcome.get());
                });
            }

            void timesOut(String why) {
                answers(
                        (TIMEOUT_MILLIS / 2 + chance.nextLong(TIMEOUT_MILLIS)) * MILLI,
                        () -> unknown.apply(new IOException("timeout")),
                        "timeout (" + why + ")");
            }
        }
    }
}
