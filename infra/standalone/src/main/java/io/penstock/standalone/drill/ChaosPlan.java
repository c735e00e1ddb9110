// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/// What is done to a running Penstock, and when: drawn from a seed, so that one number tells the whole plan. Pure.
///
/// @param blows by their beginnings; they overlap
record ChaosPlan(long seed, List<Blow> blows) {
    private static final int MEAN_PAUSE_MILLIS = 7_000;

    ChaosPlan {
        blows = List.copyOf(blows);
    }

    enum Kind {
        /// kill -9 of a broker
        KILL_BROKER(5),
        /// SIGSTOP of a broker, SIGCONT when the time is over
        FREEZE_BROKER(4),
        /// kill -9 of the control plane, which comes back when the time is over
        CONTROL_PLANE_AWAY(2),
        /// the object store takes seconds to answer
        STORE_SLOW(3),
        /// the object store answers many requests with errors
        STORE_ERRORS(3),
        /// a member of the consumer group stops without a word, another one joins
        REPLACE_MEMBER(2),
        /// a producer is closed without waiting, another one begins
        REPLACE_WRITER(2);

        /// How often it is drawn, against the others.
        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// One thing done to one thing.
    ///
    /// @param at since the beginning
    /// @param lasts zero for what is over at once
    /// @param pick whom it meets: an index, modulo however many there are then
    record Blow(Kind kind, Duration at, Duration lasts, int pick) {
        @Override
        public String toString() {
            return "%6.1f s  %s%s"
                    .formatted(
                            at.toMillis() / 1000.0,
                            kind.word(),
                            lasts.isZero() ? "" : " for %.1f s".formatted(lasts.toMillis() / 1000.0));
        }
    }

    /// @param duration no blow begins or ends after it
    static ChaosPlan of(long seed, Duration duration) {
        Random random = new Random(seed);
        List<Kind> urn = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < kind.weight; i++) {
                urn.add(kind);
            }
        }
        List<Blow> blows = new ArrayList<>();
        long at = 0;
        Map<Kind, Long> freeFrom = new EnumMap<>(Kind.class);
        while (true) {
            // Exponential pauses: now and then several blows at once, now and then a breath.
            at += Math.round(-Math.log(1 - random.nextDouble()) * MEAN_PAUSE_MILLIS);
            Kind kind = urn.get(random.nextInt(urn.size()));
            long lasts = Math.round(
                    switch (kind) {
                        case KILL_BROKER, REPLACE_MEMBER, REPLACE_WRITER -> 0;
                        case FREEZE_BROKER -> 500 + random.nextDouble() * 15_000;
                        case CONTROL_PLANE_AWAY -> 1_000 + random.nextDouble() * 20_000;
                        case STORE_SLOW, STORE_ERRORS -> 2_000 + random.nextDouble() * 15_000;
                    });
            int pick = random.nextInt(1 << 16);
            if (at + lasts > duration.toMillis()) {
                return new ChaosPlan(seed, blows);
            }
            // What is away cannot go away; all else may meet itself.
            boolean oneAtATime =
                    kind == Kind.CONTROL_PLANE_AWAY || kind == Kind.STORE_SLOW || kind == Kind.STORE_ERRORS;
            if (!oneAtATime || at >= freeFrom.getOrDefault(kind, 0L)) {
                freeFrom.put(kind, at + lasts);
                blows.add(new Blow(kind, Duration.ofMillis(at), Duration.ofMillis(lasts), pick));
            }
        }
    }

    String text() {
        StringBuilder text = new StringBuilder("seed " + seed + ", " + blows.size() + " blows");
        blows.forEach(blow -> text.append(System.lineSeparator()).append("  ").append(blow));
        return text.toString();
    }
}
