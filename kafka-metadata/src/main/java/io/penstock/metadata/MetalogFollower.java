// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.MetaKeys;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a cluster image up to date: starts from the newest snapshot, then applies every entry strictly in order.
///
/// Entries come pushed, as bytes, in any order and any number of times; whatever is missing is read from the bucket.
/// The checksum that each entry names of its predecessor is checked, and where a pushed entry and the bucket
/// disagree, the bucket wins. While the stream that pushes is broken, the follower asks the bucket for the next entry
/// (R12); otherwise it makes no request without a reason.
///
/// All methods may be called from any thread. Decisions, and the listener, run on the actor that was given, which runs
/// one task at a time and none inside `execute`: one actor, timer and store of a simulation make the follower
/// deterministic.
public final class MetalogFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetalogFollower.class);

    private static final String CLOSED = "closed";
    /// How often damaged bytes are read again before they are believed.
    private static final int DOUBTS = 3;

    private final ObjectStore store;
    private final MetaKeys keys;
    private final FollowerSettings settings;
    private final MetalogTimer timer;
    private final Executor actor;
    private final ImageListener listener;

    private volatile ClusterImage image = ClusterImage.EMPTY;

    // ---- touched on the actor only
    private enum Phase {
        NEW,
        LOADING,
        FOLLOWING,
        STOPPED
    }

    private Phase phase = Phase.NEW;
    /// Entries at hand that cannot be applied yet, or whose turn it is.
    private final NavigableMap<Integer, Arrived> arrived = new TreeMap<>();
    /// Numbers that are being read, or will be after a pause.
    private final Set<Integer> reading = new HashSet<>();
    /// How often in a row the bucket's own copy of the next entry could not be used.
    private int doubts;
    /// Entries up to this number are known to be stored.
    private int storedUpTo;
    private boolean streamBroken;
    private int pollRound;
    private int loadFailures;
    private final NavigableMap<Integer, CompletableFuture<ClusterImage>> waiting = new TreeMap<>();
    private final CompletableFuture<ClusterImage> loaded = new CompletableFuture<>();

    private record Arrived(EncodedEntry entry, boolean fromBucket) {}

    public MetalogFollower(
            ObjectStore store,
            MetaKeys keys,
            FollowerSettings settings,
            MetalogTimer timer,
            Executor actor,
            ImageListener listener) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.timer = timer;
        this.actor = actor;
        this.listener = listener;
    }

    /// Starts. The future gives the image that includes every entry that the bucket held at the call; it fails with
    /// [MetalogStoppedException] if following stops before.
    public CompletableFuture<ClusterImage> start() {
        actor.execute(() -> {
            if (phase == Phase.NEW) {
                phase = Phase.LOADING;
                findSnapshots(new ArrayDeque<>());
            }
        });
        return loaded;
    }

    /// The newest image. May be a moment old; never goes back.
    public ClusterImage image() {
        return image;
    }

    /// An entry was pushed. It is known to be stored, or it would not have been.
    public void entryPushed(EncodedEntry entry) {
        actor.execute(() -> {
            if (phase == Phase.STOPPED || entry.number() <= image.number()) {
                return;
            }
            arrived.putIfAbsent(entry.number(), new Arrived(entry, false));
            storedUpTo = Math.max(storedUpTo, entry.number());
            advance();
        });
    }

    /// Somebody trustworthy says that all entries up to this one are stored: read what is missing.
    public void entriesStoredUpTo(int number) {
        actor.execute(() -> {
            storedUpTo = Math.max(storedUpTo, number);
            advance();
        });
    }

    /// The stream that pushes entries is broken: after a while the bucket is asked for the next entry, again and
    /// again.
    public void streamBroken() {
        actor.execute(() -> {
            if (!streamBroken) {
                streamBroken = true;
                int round = ++pollRound;
                timer.schedule(settings.pollAfter(), actor, () -> poll(round));
            }
        });
    }

    /// The stream is there again: polling ends. What came meanwhile is told by [#entriesStoredUpTo].
    public void streamRestored() {
        actor.execute(() -> {
            streamBroken = false;
            pollRound++;
        });
    }

    /// Asks the bucket once whether there are entries that nobody told us of. The future gives the image after them.
    public CompletableFuture<ClusterImage> catchUp() {
        CompletableFuture<ClusterImage> done = new CompletableFuture<>();
        actor.execute(() -> listEntries(done, 0));
        return done;
    }

    /// Gives the image once it includes the entry; fails with [MetalogStoppedException] if following stops before.
    public CompletableFuture<ClusterImage> applied(int number) {
        CompletableFuture<ClusterImage> result = new CompletableFuture<>();
        actor.execute(() -> whenApplied(number, result));
        return result;
    }

    private void whenApplied(int number, CompletableFuture<ClusterImage> result) {
        if (phase == Phase.STOPPED) {
            result.completeExceptionally(new MetalogStoppedException("the metalog is not followed any more", false));
        } else if (phase == Phase.FOLLOWING && image.number() >= number) {
            result.complete(image);
        } else {
            waiting.computeIfAbsent(number, _ -> new CompletableFuture<>()).whenComplete((reached, failure) -> {
                if (failure != null) {
                    result.completeExceptionally(failure);
                } else {
                    result.complete(reached);
                }
            });
        }
    }

    /// Stops. The image stays as it is.
    @Override
    public void close() {
        actor.execute(() -> end(CLOSED, false));
    }

    // ---- start: newest snapshot, then all entries after it

    private void findSnapshots(Deque<ObjectKey> found) {
        store.list(keys.snapshots(), Optional.ofNullable(found.peekLast()), 1000)
                .thenAcceptAsync(
                        outcome -> {
                            if (phase != Phase.LOADING) {
                                return;
                            }
                            switch (outcome) {
                                case ListOutcome.Failed(Throwable cause) ->
                                    loadAgain(cause, () -> findSnapshots(found));
                                case ListOutcome.Listed(var page, boolean more) -> {
                                    page.forEach(snapshot -> found.addLast(snapshot.key()));
                                    if (more) {
                                        findSnapshots(found);
                                    } else {
                                        readNewestOf(found);
                                    }
                                }
                            }
                        },
                        actor);
    }

    /// One that is damaged, or was trimmed since, costs a longer replay and nothing else.
    private void readNewestOf(Deque<ObjectKey> found) {
        ObjectKey key = found.pollLast();
        if (key == null) {
            begin(MetaSnapshot.empty());
            return;
        }
        store.get(key)
                .thenAcceptAsync(
                        outcome -> {
                            if (phase != Phase.LOADING) {
                                return;
                            }
                            switch (outcome) {
                                case GetOutcome.Failed(Throwable cause) ->
                                    loadAgain(cause, () -> {
                                        found.addLast(key);
                                        readNewestOf(found);
                                    });
                                case GetOutcome.Absent _ -> readNewestOf(found);
                                case GetOutcome.Found object -> {
                                    MetaSnapshot snapshot;
                                    try {
                                        snapshot = MetaSnapshot.decode(
                                                Math.toIntExact(MetaKeys.numberOf(key)), object.bytes());
                                    } catch (MetadataFormatException e) {
                                        log.warn(
                                                "snapshot not usable, looking for an older one: key={} {}",
                                                key,
                                                e.getMessage());
                                        readNewestOf(found);
                                        return;
                                    }
                                    begin(snapshot);
                                }
                            }
                        },
                        actor);
    }

    private void loadAgain(Throwable cause, Runnable step) {
        loadFailures++;
        log.warn(
                "metalog cannot be loaded yet: prefix={} failures={} cause={}",
                keys.prefix(),
                loadFailures,
                cause.toString());
        timer.schedule(settings.retries().pauseAfter(loadFailures), actor, () -> {
            if (phase == Phase.LOADING) {
                step.run();
            }
        });
    }

    private void begin(MetaSnapshot snapshot) {
        phase = Phase.FOLLOWING;
        image = snapshot.image();
        arrived.headMap(image.number(), true).clear();
        if (image.number() > 0) {
            listener.imageChanged(ImageChange.first(image, snapshot.sinceNothing()));
        }
        reached();
        listEntries(loaded, 0);
    }

    /// Finds out how far the bucket goes. A listing is only a hint for what to read; every entry is judged by its
    /// bytes.
    private void listEntries(CompletableFuture<ClusterImage> done, int failures) {
        if (phase != Phase.FOLLOWING) {
            whenApplied(0, done);
            return;
        }
        int from = Math.max(image.number(), storedUpTo);
        Optional<ObjectKey> after = from == 0 ? Optional.empty() : Optional.of(keys.entry(from));
        store.list(keys.entries(), after, 1000)
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case ListOutcome.Failed _ ->
                                    timer.schedule(
                                            settings.retries().pauseAfter(failures + 1),
                                            actor,
                                            () -> listEntries(done, failures + 1));
                                case ListOutcome.Listed(var found, boolean more) -> {
                                    int last = found.isEmpty()
                                            ? from
                                            : Math.toIntExact(MetaKeys.numberOf(
                                                    found.getLast().key()));
                                    storedUpTo = Math.max(storedUpTo, last);
                                    advance();
                                    if (more) {
                                        listEntries(done, 0);
                                    } else {
                                        whenApplied(last, done);
                                    }
                                }
                            }
                        },
                        actor);
    }

    // ---- applying

    private void advance() {
        while (phase == Phase.FOLLOWING) {
            Arrived next = arrived.remove(image.number() + 1);
            if (next == null) {
                readMissing();
                return;
            }
            apply(next);
        }
    }

    private void apply(Arrived next) {
        ImageChange change;
        try {
            change = image.apply(next.entry());
        } catch (BrokenChainException | MetadataFormatException e) {
            doubt(next, e);
            return;
        }
        doubts = 0;
        image = change.after();
        storedUpTo = Math.max(storedUpTo, image.number());
        change.voidReason()
                .ifPresent(reason -> log.error(
                        "metalog entry is void: prefix={} entry={} reason={}", keys.prefix(), image.number(), reason));
        listener.imageChanged(change);
        reached();
    }

    /// A pushed copy may come from a control plane that knows less than the bucket; the bucket's own copy may have
    /// been damaged on its way. Only what the bucket says again and again is believed.
    private void doubt(Arrived next, Exception cause) {
        int number = next.entry().number();
        doubts += next.fromBucket() ? 1 : 0;
        if (doubts > DOUBTS) {
            boolean newer = cause instanceof MetadataFormatException format
                    && format.reason() == MetadataFormatException.Reason.NEWER;
            end("entry " + number + " of " + keys.prefix() + ": " + cause.getMessage(), newer);
            return;
        }
        log.warn(
                "metalog entry not usable, reading it again: prefix={} entry={} fromBucket={} cause={}",
                keys.prefix(),
                number,
                next.fromBucket(),
                cause.getMessage());
        if (next.fromBucket()) {
            retryRead(number, doubts);
        }
    }

    private void readMissing() {
        long last = Math.min(storedUpTo, (long) image.number() + settings.readAhead());
        for (int number = image.number() + 1; number <= last; number++) {
            if (!arrived.containsKey(number) && reading.add(number)) {
                read(number, 0);
            }
        }
    }

    private void read(int number, int failures) {
        store.get(keys.entry(number))
                .thenAcceptAsync(
                        outcome -> {
                            if (phase != Phase.FOLLOWING || number <= image.number()) {
                                reading.remove(number);
                                return;
                            }
                            switch (outcome) {
                                case GetOutcome.Found object -> {
                                    reading.remove(number);
                                    arrived.put(number, new Arrived(EncodedEntry.of(number, object.bytes()), true));
                                    advance();
                                }
                                case GetOutcome.Absent _ -> {
                                    // Said to be stored, and entries are never deleted: whoever said so was early.
                                    log.warn(
                                            "metalog entry is not there yet: prefix={} entry={}",
                                            keys.prefix(),
                                            number);
                                    retryRead(number, failures + 1);
                                }
                                case GetOutcome.Failed _ -> retryRead(number, failures + 1);
                            }
                        },
                        actor);
    }

    private void retryRead(int number, int failures) {
        reading.add(number);
        timer.schedule(settings.retries().pauseAfter(failures), actor, () -> read(number, failures));
    }

    private void reached() {
        SortedMap<Integer, CompletableFuture<ClusterImage>> due = waiting.headMap(image.number(), true);
        List<CompletableFuture<ClusterImage>> futures = List.copyOf(due.values());
        due.clear();
        futures.forEach(future -> future.complete(image));
    }

    // ---- without a stream

    private void poll(int round) {
        if (round != pollRound || phase == Phase.STOPPED) {
            return;
        }
        int number = image.number() + 1;
        if (phase != Phase.FOLLOWING || reading.contains(number)) {
            timer.schedule(settings.pollInterval(), actor, () -> poll(round));
            return;
        }
        store.get(keys.entry(number))
                .thenAcceptAsync(
                        outcome -> {
                            if (round != pollRound || phase != Phase.FOLLOWING) {
                                return;
                            }
                            if (outcome instanceof GetOutcome.Found object) {
                                if (number > image.number()) {
                                    arrived.put(number, new Arrived(EncodedEntry.of(number, object.bytes()), true));
                                }
                                advance();
                                if (image.number() >= number) {
                                    poll(round);
                                    return;
                                }
                            }
                            timer.schedule(settings.pollInterval(), actor, () -> poll(round));
                        },
                        actor);
    }

    private void end(String reason, boolean newer) {
        if (phase == Phase.STOPPED) {
            return;
        }
        boolean closed = phase == Phase.NEW || reason.equals(CLOSED);
        phase = Phase.STOPPED;
        arrived.clear();
        MetalogStoppedException stopped = new MetalogStoppedException(reason, newer);
        List<CompletableFuture<ClusterImage>> futures = List.copyOf(waiting.values());
        waiting.clear();
        if (!closed) {
            log.error(
                    "metalog is not followed any more: prefix={} at={} reason={}",
                    keys.prefix(),
                    image.number(),
                    reason);
            listener.followingStopped(reason);
        }
        loaded.completeExceptionally(stopped);
        futures.forEach(future -> future.completeExceptionally(stopped));
    }
}
