// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.shard.Retention.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final String HUGE = Long.toString(Long.MAX_VALUE);

    private static TopicPolicy policy(String millis, String bytes) {
        return TopicPolicy.of(Map.of("retention.ms", millis, "retention.bytes", bytes));
    }

    private static List<Stretch> ofSize(long... sizes) {
        List<Stretch> stretches = new ArrayList<>();
        LongStream.of(sizes).forEach(size -> stretches.add(new Stretch(stretches.size() * 10L + 9, size, NOW)));
        return stretches;
    }

    @Test
    void whatIsTooOldGoes() {
        List<Stretch> log = List.of(
                new Stretch(9, 1, NOW - 2_000), new Stretch(19, 1, NOW - 1_001), new Stretch(29, 1, NOW - 1_000));

        assertThat(Retention.logStart(policy("1000", "-1"), 0, log, NOW)).isEqualTo(20);
        assertThat(Retention.logStart(policy("-1", "-1"), 0, log, NOW)).isZero();
        assertThat(Retention.logStart(policy(HUGE, "-1"), 0, log, NOW)).isZero();
        assertThat(Retention.logStart(policy("0", "-1"), 0, log, NOW)).isEqualTo(30);
    }

    @Test
    void somethingYoungKeepsWhatIsBehindIt() {
        List<Stretch> log = List.of(new Stretch(9, 1, NOW), new Stretch(19, 1, 1));

        assertThat(Retention.logStart(policy("1000", "-1"), 0, log, NOW)).isZero();
    }

    @Test
    void whatHasNoTimeIsNeverTooOld() {
        assertThat(Retention.logStart(policy("1000", "-1"), 0, List.of(new Stretch(9, 1, -1)), NOW))
                .isZero();
    }

    @Test
    void asMuchStaysAsTheTopicAsksFor() {
        assertThat(Retention.logStart(policy("-1", "100"), 0, ofSize(50, 50, 50, 50), NOW))
                .isEqualTo(20);
        assertThat(Retention.logStart(policy("-1", "101"), 0, ofSize(50, 50, 50, 50), NOW))
                .isEqualTo(10);
        assertThat(Retention.logStart(policy("-1", "0"), 0, ofSize(50, 50), NOW))
                .isEqualTo(20);
        // What is below the log start does not count.
        assertThat(Retention.logStart(policy("-1", "100"), 20, ofSize(50, 50, 50, 50), NOW))
                .isEqualTo(20);
    }

    @Test
    void keysAloneDecideWhereOnlyKeysDecide() {
        TopicPolicy compacted =
                TopicPolicy.of(Map.of("cleanup.policy", "compact", "retention.ms", "1", "retention.bytes", "1"));
        TopicPolicy both =
                TopicPolicy.of(Map.of("cleanup.policy", "compact,delete", "retention.ms", "1", "retention.bytes", "1"));
        List<Stretch> old = List.of(new Stretch(9, 100, 1));

        assertThat(Retention.logStart(compacted, 0, old, NOW)).isZero();
        assertThat(Retention.logStart(both, 0, old, NOW)).isEqualTo(10);
    }

    @Property
    void onlyABeginningGoesAndOnlyAsFarAsItMust(
            @ForAll("logs") List<Stretch> log,
            @ForAll @LongRange(min = -1, max = 1L << 45) long bytes,
            @ForAll @LongRange(min = -1, max = NOW) long millis,
            @ForAll @LongRange(min = 0, max = 1L << 41) long logStart) {
        TopicPolicy policy = policy(Long.toString(millis), Long.toString(bytes));

        long start = Retention.logStart(policy, logStart, log, NOW);

        assertThat(start).isGreaterThanOrEqualTo(logStart);
        List<Stretch> before =
                log.stream().filter(one -> one.lastOffset() >= logStart).toList();
        List<Stretch> kept =
                log.stream().filter(one -> one.lastOffset() >= start).toList();
        List<Stretch> gone = before.subList(0, before.size() - kept.size());
        assertThat(start).isEqualTo(gone.isEmpty() ? logStart : gone.getLast().lastOffset() + 1);
        // All that stays is wanted, and nothing that went was.
        assertThat(kept.isEmpty() || !unwanted(kept, bytes, millis)).isTrue();
        for (int i = 0; i < gone.size(); i++) {
            assertThat(unwanted(before.subList(i, before.size()), bytes, millis))
                    .isTrue();
        }
        assertThat(Retention.logStart(policy, start, log, NOW)).isEqualTo(start);
    }

    private static boolean unwanted(List<Stretch> log, long bytes, long millis) {
        long rest = log.stream().skip(1).mapToLong(Stretch::bytes).sum();
        long newest = log.getFirst().maxTimestamp();
        return (bytes >= 0 && rest >= bytes) || (millis >= 0 && newest >= 0 && NOW - newest > millis);
    }

    @Provide
    Arbitrary<List<Stretch>> logs() {
        Arbitrary<Long> gaps = Arbitraries.longs().between(1, 1L << 36);
        Arbitrary<Long> sizes = Arbitraries.longs().between(61, 1L << 40);
        Arbitrary<Long> times = Arbitraries.longs().between(-1, NOW + 1_000_000);
        return Combinators.combine(gaps, sizes, times)
                .as((gap, size, time) -> new Stretch(gap, size, time))
                .list()
                .ofMaxSize(30)
                .map(steps -> {
                    List<Stretch> log = new ArrayList<>();
                    long last = -1;
                    for (Stretch step : steps) {
                        last += step.lastOffset();
                        log.add(new Stretch(last, step.bytes(), step.maxTimestamp()));
                    }
                    return log;
                });
    }
}
