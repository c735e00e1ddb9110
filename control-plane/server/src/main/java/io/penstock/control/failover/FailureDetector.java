// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.penstock.control.failover.Verdict.Gone;
import io.penstock.control.failover.Verdict.Held;
import io.penstock.control.failover.Verdict.Reason;
import io.penstock.control.failover.Verdict.Suspected;
import io.penstock.control.failover.Verdict.Symptom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Says which brokers of one fleet are to be given up.
///
/// A process that is known to have ended is given up at once, however many there are. Everything else is a
/// guess, and guesses are held back when most brokers look dead together, when too many were suspected lately,
/// and when the bucket stands still for everybody: a confused control plane must not retire a healthy fleet.
/// Safety does not depend on any of this.
///
/// No clock, no threads, no I/O: the caller passes monotonic nanoseconds, feeds what it hears and asks [#judge]
/// every now and then. Not safe for concurrent use. A broker that got a verdict other than `Held` is forgotten;
/// it is watched again when it connects.
public final class FailureDetector {
    /// How long a delay of our own is remembered: as long as several silences.
    private static final Duration LATENESS_WINDOW = Duration.ofSeconds(10);

    private final DetectorSettings settings;
    private final Map<String, Vitals> watched = new TreeMap<>();
    private final Deque<Long> suspicions = new ArrayDeque<>();
    private final Deque<Late> lateness = new ArrayDeque<>();
    private Optional<Long> lastLook = Optional.empty();
    private Optional<Long> mostDoubtfulAt = Optional.empty();

    /// We were asked this much later than we should have been.
    private record Late(long at, long nanos) {}

    public FailureDetector(DetectorSettings settings) {
        this.settings = settings;
    }

    /// The control plane has just started and knows that this broker was serving: it should come back.
    public void expect(String broker, long now) {
        watched.putIfAbsent(broker, new Vitals(Link.EXPECTED, now));
    }

    /// The broker's stream stands.
    public void connected(String broker, long now) {
        Vitals before = watched.get(broker);
        var vitals = new Vitals(Link.UP, now);
        vitals.newUntil = before == null ? now + settings.warmUp().toNanos() : before.newUntil;
        watched.put(broker, vitals);
    }

    /// A message came from the broker.
    public void heard(String broker, long now) {
        Vitals vitals = watched.get(broker);
        if (vitals != null && vitals.link == Link.UP) {
            vitals.since = now;
        }
    }

    /// A heartbeat came from the broker.
    ///
    /// @param progress by cluster id
    public void heard(String broker, Map<String, Progress> progress, long now) {
        heard(broker, now);
        Vitals vitals = watched.get(broker);
        if (vitals != null) {
            vitals.logs.keySet().retainAll(progress.keySet());
            progress.forEach((cluster, report) -> vitals.logs
                    .computeIfAbsent(cluster, c -> new LogVitals(report, now))
                    .reported(report, now));
        }
    }

    /// The broker's stream broke.
    public void streamBroken(String broker, long now) {
        Vitals vitals = watched.get(broker);
        if (vitals != null && vitals.link == Link.UP) {
            vitals.link = Link.BROKEN;
            vitals.since = now;
        }
    }

    /// Whoever started the process saw it end. Counts whether or not the broker was watched.
    public void processGone(String broker, long now) {
        watched.computeIfAbsent(broker, b -> new Vitals(Link.BROKEN, now)).gone = true;
    }

    /// The broker has left in order.
    public void forget(String broker) {
        watched.remove(broker);
    }

    /// Verdicts as of now, in the order of broker ids.
    public List<Verdict> judge(long now) {
        excuseOwnStall(now);
        while (!suspicions.isEmpty()
                && now - suspicions.getFirst() > settings.window().toNanos()) {
            suspicions.removeFirst();
        }

        var verdicts = new ArrayList<Verdict>();
        int population = watched.size();
        for (String broker : List.copyOf(watched.keySet())) {
            if (vitals(broker).gone) {
                verdicts.add(new Gone(broker));
                watched.remove(broker);
            }
        }

        int doubtful = 0;
        var symptoms = new TreeMap<String, Symptom>();
        for (String broker : watched.keySet()) {
            if (isDoubtful(vitals(broker), now)) {
                doubtful++;
            }
            symptom(broker, now).ifPresent(s -> symptoms.put(broker, s));
        }
        if (doubtful >= 2 && doubtful * 2 > watched.size()) {
            mostDoubtfulAt = Optional.of(now);
        }
        // The first that is back does not speak against the others: they are dialling, too.
        boolean most = mostDoubtfulAt
                .filter(at -> now - at <= settings.massReturn().toNanos())
                .isPresent();
        int budget = Math.max(1, (population + 2) / 3); // one zone of three may fall at once
        for (Map.Entry<String, Symptom> suspect : symptoms.entrySet()) {
            String broker = suspect.getKey();
            Symptom symptom = suspect.getValue();
            boolean longAgo =
                    now - vitals(broker).since >= settings.massPatience().toNanos();
            if (most && !longAgo) {
                verdicts.add(new Held(broker, symptom, Reason.MOST_BROKERS));
            } else if (symptom == Symptom.SILENT && bucketStandsStill(broker, now)) {
                verdicts.add(new Held(broker, symptom, Reason.BUCKET_STALLED));
            } else if (suspicions.size() >= budget) {
                verdicts.add(new Held(broker, symptom, Reason.BUDGET));
            } else {
                verdicts.add(new Suspected(broker, symptom));
                suspicions.addLast(now);
                watched.remove(broker);
            }
        }
        return verdicts;
    }

    /// If nobody looked for long, this process stood still (a pause, a suspended machine): what others said
    /// meanwhile may still wait in our own queues.
    private void excuseOwnStall(long now) {
        long gap = now - lastLook.orElse(now);
        lateness.removeIf(late -> now - late.at >= LATENESS_WINDOW.toNanos());
        long late = gap - settings.lookInterval().toNanos();
        if (late > 0) {
            lateness.addLast(new Late(now, late));
        }
        if (gap > settings.ownStall().toNanos()) {
            for (Vitals vitals : watched.values()) {
                vitals.since = Math.min(now, vitals.since + gap);
                vitals.logs.values().forEach(log -> log.movedAt = Math.min(now, log.movedAt + gap));
            }
        }
        lastLook = Optional.of(now);
    }

    private Optional<Symptom> symptom(String broker, long now) {
        Vitals vitals = vitals(broker);
        return switch (vitals.link) {
            case BROKEN -> overdue(vitals, settings.reconnectGrace(), now, Symptom.STREAM_BROKEN);
            case EXPECTED -> overdue(vitals, settings.rejoinGrace(), now, Symptom.NOT_REJOINED);
            case UP ->
                overdue(vitals, silence(vitals, now), now, Symptom.SILENT)
                        .or(() -> isStuck(broker, now) ? Optional.of(Symptom.STUCK) : Optional.empty());
        };
    }

    private Duration silence(Vitals vitals, long now) {
        Duration usual = now - vitals.newUntil < 0 ? settings.newSilence() : settings.silence();
        long late = lateness.stream().mapToLong(Late::nanos).max().orElse(0);
        return usual.plusNanos(2 * late);
    }

    private static Optional<Symptom> overdue(Vitals vitals, Duration grace, long now, Symptom symptom) {
        return now - vitals.since >= grace.toNanos() ? Optional.of(symptom) : Optional.empty();
    }

    /// Half the silence is enough to doubt: when most are that quiet the fault is probably shared.
    private boolean isDoubtful(Vitals vitals, long now) {
        return switch (vitals.link) {
            case BROKEN, EXPECTED -> true;
            case UP -> now - vitals.since >= silence(vitals, now).toNanos() / 2;
        };
    }

    private boolean isStuck(String broker, long now) {
        long patience = settings.stuck().toNanos();
        for (Map.Entry<String, LogVitals> log : vitals(broker).logs.entrySet()) {
            LogVitals mine = log.getValue();
            if (mine.last.pendingBytes() > 0
                    && now - mine.movedAt >= patience
                    && peers(broker, log.getKey()).stream()
                            .anyMatch(peer -> peer.movedAt - mine.movedAt >= patience / 2)) {
                return true;
            }
        }
        return false;
    }

    /// Others of its clusters have bytes waiting, and none of them got any further for as long as it is silent.
    private boolean bucketStandsStill(String broker, long now) {
        long silentFor = now - vitals(broker).since;
        boolean anyoneWaits = false;
        for (String cluster : vitals(broker).logs.keySet()) {
            for (LogVitals peer : peers(broker, cluster)) {
                if (peer.last.pendingBytes() == 0 || now - peer.movedAt < silentFor) {
                    return false;
                }
                anyoneWaits = true;
            }
        }
        return anyoneWaits;
    }

    private List<LogVitals> peers(String broker, String cluster) {
        var peers = new ArrayList<LogVitals>();
        watched.forEach((other, vitals) -> {
            LogVitals log = vitals.logs.get(cluster);
            if (!other.equals(broker) && log != null && vitals.link == Link.UP) {
                peers.add(log);
            }
        });
        return peers;
    }

    private Vitals vitals(String broker) {
        Vitals vitals = watched.get(broker);
        if (vitals == null) {
            throw new IllegalStateException("not watched: " + broker);
        }
        return vitals;
    }

    private enum Link {
        EXPECTED,
        UP,
        BROKEN
    }

    private static final class Vitals {
        private Link link;
        private long since; // last sign of life while up; else when the link came to be as it is
        private long newUntil;
        private boolean gone;
        private final Map<String, LogVitals> logs = new HashMap<>();

        Vitals(Link link, long since) {
            this.link = link;
            this.since = since;
            this.newUntil = since;
        }
    }

    private static final class LogVitals {
        private Progress last;
        private long movedAt;

        LogVitals(Progress first, long now) {
            this.last = first;
            this.movedAt = now;
        }

        void reported(Progress report, long now) {
            // A log with nothing to do is where it should be.
            if (report.pendingBytes() == 0 || !report.mark().equals(last.mark())) {
                movedAt = now;
            }
            last = report;
        }
    }
}
