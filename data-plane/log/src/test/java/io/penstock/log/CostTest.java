// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the log asks of the store, on a virtual clock: requests per GiB written, bytes put per byte written,
/// what many partitions with a trickle cost, and that an idle cluster asks for nothing.
///
/// `-Dpenstock.costs.mib=1024` and `-Dpenstock.costs.partitions=100000 -Dpenstock.costs.minutes=60` give the
/// figures of
/// `docs/measurements.md`.
class CostTest {
    private static final Logger LOG = LoggerFactory.getLogger("measurements");
    private static final int SHARDS = 16;
    private static final int MIB = Integer.getInteger("penstock.costs.mib", 48);
    private static final int PARTITIONS = Integer.getInteger("penstock.costs.partitions", 4_000);
    private static final int MINUTES = Integer.getInteger("penstock.costs.minutes", 6);
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final List<String> TABLE = new ArrayList<>(
            List.of(
                    "profile | MiB/s | PUT wal | PUT segment | PUT manifest, snapshot, floor | GET | LIST | DELETE | bytes put per byte written"));

    private final VirtualRuntime runtime = new VirtualRuntime(1);
    private final ClusterPrefix prefix = ClusterPrefix.of("tenant", "cluster");
    private final LogKeys keys = new LogKeys(prefix);
    private final DeflatedStore bucket = new DeflatedStore();

    private ClusterLog log(LatencyProfile profile) {
        LogSettings usual = LogSettings.defaults(profile);
        LogSettings settings = new LogSettings(
                profile,
                usual.maxSlotBytes(),
                usual.maxPutsInFlight(),
                usual.maxPendingBytes(),
                usual.slotStuckAfter(),
                usual.handOffPatience(),
                usual.barrierInterval(),
                usual.consolidateAfterSlots(),
                usual.consolidateAfter(),
                usual.consolidateAfterBytes(),
                usual.tailCacheBytes(),
                GRACE);
        FaultyStore store = new FaultyStore(bucket, runtime).latency(_ -> Duration.ofMillis(35));
        return new ClusterLog(store, prefix, Incarnation.random(runtime.random()), settings, runtime, new Silent());
    }

    private ClusterLog opened(LatencyProfile profile) {
        ClusterLog log = log(profile);
        for (int shard = 0; shard < SHARDS; shard++) {
            OpenOutcome outcome = runtime.await(
                    log.open(new ShardOpening(new ShardId(shard), new LeaderEpoch(1), List.of())),
                    Duration.ofMinutes(1));
            assertThat(outcome).isInstanceOf(OpenOutcome.Opened.class);
        }
        return log;
    }

    private static final class Silent implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            // Nobody reads.
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            // Nobody serves.
        }

        @Override
        public void incarnationFenced() {
            // Nobody fences.
        }
    }

    private static PartitionRef partition(int number) {
        return new PartitionRef(new ShardId(number % SHARDS), LogWorld.ORDERS, number);
    }

    private void append(ClusterLog log, int partition, ByteBuffer batch) {
        log.append(partition(partition), batch, AppendOrigin.CLIENT)
                .thenAccept(answer -> assertThat(answer).isInstanceOf(Sequencing.Sequenced.class));
    }

    /// 64 partitions, each with an idempotent producer that sends 16 KiB at a time.
    private void write(LatencyProfile profile, int mibPerSecond) {
        ClusterLog log = opened(profile);
        bucket.forget();
        int[] sequences = new int[64];
        String value = "x".repeat((16 << 10) - 100);
        Duration pause = Duration.ofSeconds(1).dividedBy(mibPerSecond * 64L);
        long written = 0;
        for (int i = 0; written < (long) MIB << 20; i++) {
            int partition = i * 7 % 64;
            ByteBuffer batch = Batches.idempotent(partition, 0, sequences[partition]++, value);
            written += batch.remaining();
            append(log, partition, batch);
            runtime.runFor(pause);
        }
        runtime.runFor(Duration.ofMinutes(3).plus(GRACE.multipliedBy(2)));
        double gib = (double) (1 << 30) / written;
        double amplification = (double) bucket.bytesPut() / written;
        TABLE.add(String.format(
                Locale.ROOT,
                "%s | %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.2f",
                profile,
                mibPerSecond,
                gib * bucket.requests("PUT", "wal"),
                gib * bucket.requests("PUT", "segment"),
                gib
                        * (bucket.requests("PUT", "shard")
                                + bucket.requests("PUT", "producers")
                                + bucket.requests("PUT", "floor")),
                gib * bucket.requests("GET"),
                gib * bucket.requests("LIST"),
                gib * bucket.requests("DELETE"),
                amplification));
        assertThat(amplification).isBetween(2.0, 6.0);
        assertThat(bucket.requests("PUT")).isLessThan(2 * bucket.requests("PUT", "wal") + 300);
        assertThat(bucket.requests("GET", "wal")).isZero();
        assertThat(bucket.requests("LIST")).isZero();
        bucket.forget();
        runtime.runFor(Duration.ofDays(7));
        assertThat(bucket.requests())
                .as("requests of an idle cluster in a week")
                .isZero();
        log.close();
    }

    @ParameterizedTest
    @EnumSource
    void aBusyClustersRequests(LatencyProfile profile) {
        write(profile, 1);
    }

    @ParameterizedTest
    @EnumSource
    void aVeryBusyClustersRequests(LatencyProfile profile) {
        write(profile, 16);
    }

    /// Every partition gets 100 bytes a minute.
    @Test
    void manyPartitionsWithATrickleShareFewObjects() {
        ClusterLog log = opened(LatencyProfile.BALANCED);
        ByteBuffer batch = Batches.of("x".repeat(100));
        bucket.forget();
        Duration pause = Duration.ofMinutes(1).dividedBy(PARTITIONS);
        for (int minute = 0; minute < MINUTES; minute++) {
            for (int i = 0; i < PARTITIONS; i++) {
                append(log, i, batch.duplicate());
                runtime.runFor(pause);
            }
        }
        runtime.runFor(Duration.ofMinutes(3).plus(GRACE.multipliedBy(2)));
        long written = (long) batch.remaining() * PARTITIONS * MINUTES;
        long manifestBytes = 0;
        long parts = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            ShardId id = new ShardId(shard);
            GetOutcome.Found found =
                    (GetOutcome.Found) bucket.get(keys.manifest(id)).join();
            manifestBytes += found.objectSize();
            parts += ShardManifest.decode(id, found.bytes()).partitions().values().stream()
                    .mapToLong(partition -> partition.segments().size())
                    .sum();
        }
        int objects = bucket.objects.keys().size();
        LOG.info(String.format(
                Locale.ROOT,
                "trickle: partitions=%d minutes=%d objects=%d manifestBytes=%d perPartition=%.0f partsPerPartition=%.1f "
                        + "putsPerMinute=%.0f manifestBytesPutPerMinute=%.0f bytesPutPerByte=%.1f",
                PARTITIONS,
                MINUTES,
                objects,
                manifestBytes,
                (double) manifestBytes / PARTITIONS,
                (double) parts / PARTITIONS,
                (double) bucket.requests("PUT") / MINUTES,
                (double) bucket.bytesPut("shard") / MINUTES,
                (double) bucket.bytesPut() / written));
        assertThat(objects).isLessThan(SHARDS * 100);
        assertThat(manifestBytes / PARTITIONS).isLessThan(400);
        assertThat((double) parts / PARTITIONS).isLessThan(16);
        log.close();
    }

    /// Partitions that once had a record and have been idle since, as an heir holds them.
    @Test
    void anIdlePartitionTakesLittleMemory() {
        Incarnation before = oneRecordEach();
        long empty = usedHeap();
        ClusterLog heir = log(LatencyProfile.BALANCED);
        for (int shard = 0; shard < SHARDS; shard++) {
            var predecessor = new ShardOpening.Predecessor(new LeaderEpoch(1), before, ShardOpening.Closing.RETIRED);
            runtime.await(
                    heir.open(new ShardOpening(new ShardId(shard), new LeaderEpoch(2), List.of(predecessor))),
                    Duration.ofMinutes(1));
        }
        runtime.runFor(Duration.ofMinutes(3));

        long perPartition = (usedHeap() - empty) / PARTITIONS;

        LOG.info("heap: partitions={} bytesPerIdlePartition={}", PARTITIONS, perPartition);
        assertThat(perPartition).isLessThan(3_000);
        assertThat(runtime.await(heir.offsets(partition(0)), Duration.ofMinutes(1)))
                .hasValueSatisfying(
                        offsets -> assertThat(offsets.highWatermark()).isEqualTo(1));
        heir.close();
    }

    /// @return who wrote them; its log is over, and nothing refers to it any more
    private Incarnation oneRecordEach() {
        ClusterLog log = opened(LatencyProfile.BALANCED);
        ByteBuffer batch = Batches.of("x".repeat(100));
        for (int i = 0; i < PARTITIONS; i++) {
            append(log, i, batch.duplicate());
        }
        runtime.runFor(Duration.ofMinutes(3));
        log.close();
        runtime.runFor(Duration.ofHours(1));
        return log.incarnation();
    }

    private static long usedHeap() {
        Runtime jvm = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            used = Math.min(used, jvm.totalMemory() - jvm.freeMemory());
        }
        return used;
    }

    @AfterAll
    static void showTheTable() {
        TABLE.forEach(LOG::info);
    }
}
