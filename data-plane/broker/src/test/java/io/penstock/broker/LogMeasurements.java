// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.testing.TestRuntime;
import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.AppendOrigin;
import io.penstock.log.ClusterLog;
import io.penstock.log.Durability;
import io.penstock.log.Isolation;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogListener;
import io.penstock.log.LogSettings;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.log.ShardOpening;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.file.FileStoreSettings;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the log alone takes on a file store, without network: run by name only, figures in
/// `docs/measurements.md`.
///
/// `./mvnw -pl data-plane/broker -am test -Dtest=LogMeasurements -Dsurefire.failIfNoSpecifiedTests=false`, with
/// `-Dmeasure.updates`, `-Dmeasure.keys`, `-Dmeasure.mib` for other sizes.
class LogMeasurements {
    private static final Logger LOG = LoggerFactory.getLogger("measurements");
    private static final ShardId SHARD = new ShardId(0);
    private static final PartitionRef PARTITION = new PartitionRef(SHARD, new Uuid(1, 1), 0);
    private static final ClusterPrefix PREFIX = ClusterPrefix.of("tn_measure", "kc_measure");
    private static final LogKeys KEYS = new LogKeys(PREFIX);

    private final TestRuntime runtime = new TestRuntime();

    @TempDir
    Path folder;

    private int epoch;
    private Incarnation last = new Incarnation(0, 0);

    @AfterEach
    void stop() {
        runtime.close();
    }

    private ObjectStore store() throws Exception {
        return FileObjectStore.open(
                folder, runtime.workers(), new Random(1), InstantSource.system(), FileStoreSettings.defaults());
    }

    /// A leader that folds every second, after the one before it.
    private ClusterLog leader(ObjectStore store, Map<String, String> configs) {
        LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
        LogSettings settings = new LogSettings(
                usual.profile(),
                usual.maxSlotBytes(),
                usual.maxPutsInFlight(),
                usual.maxPendingBytes(),
                usual.slotStuckAfter(),
                usual.handOffPatience(),
                usual.barrierInterval(),
                usual.consolidateAfterSlots(),
                Duration.ofSeconds(1),
                usual.consolidateAfterBytes(),
                1,
                usual.collectionGrace(),
                usual.housekeeping());
        TopicPolicy policy = TopicPolicy.of(configs);
        Incarnation incarnation = Incarnation.random(runtime.random());
        ClusterLog log =
                new ClusterLog(store, PREFIX, incarnation, settings, runtime, new Nobody(), _ -> Optional.of(policy));
        List<Predecessor> before =
                epoch == 0 ? List.of() : List.of(new Predecessor(new LeaderEpoch(epoch), last, Closing.RETIRED));
        epoch++;
        last = incarnation;
        assertThat(log.open(new ShardOpening(SHARD, new LeaderEpoch(epoch), before))
                        .join())
                .isInstanceOf(OpenOutcome.Opened.class);
        return log;
    }

    private static final class Nobody implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {}

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {}

        @Override
        public void incarnationFenced() {}
    }

    private static ShardManifest.Partition manifest(ObjectStore store) {
        GetOutcome found = store.get(KEYS.manifest(SHARD)).join();
        return ShardManifest.decode(SHARD, ((GetOutcome.Found) found).bytes())
                .partitions()
                .firstEntry()
                .getValue();
    }

    private static long bytes(ShardManifest.Partition partition) {
        return partition.segments().stream().mapToLong(Part::size).sum();
    }

    /// Waits for what the log does by itself.
    private static ShardManifest.Partition await(
            ObjectStore store, java.util.function.Predicate<ShardManifest.Partition> condition) throws Exception {
        while (true) {
            ShardManifest.Partition now = manifest(store);
            if (condition.test(now)) {
                return now;
            }
            Thread.sleep(50);
        }
    }

    /// Appends with as much under way as the log takes.
    private static void append(ClusterLog log, java.util.Iterator<ByteBuffer> batches) throws Exception {
        ArrayDeque<CompletableFuture<Durability>> underWay = new ArrayDeque<>();
        while (batches.hasNext()) {
            ByteBuffer batch = batches.next();
            while (true) {
                Sequencing answer =
                        log.append(PARTITION, batch, AppendOrigin.CLIENT).join();
                if (answer instanceof Sequencing.Sequenced sequenced) {
                    underWay.add(sequenced.durability());
                    break;
                }
                Thread.sleep(20);
            }
            if (underWay.size() > 100) {
                assertThat(underWay.removeFirst().join()).isEqualTo(Durability.DURABLE);
            }
        }
        underWay.forEach(one -> assertThat(one.join()).isEqualTo(Durability.DURABLE));
    }

    @Test
    void cleaningByKey() throws Exception {
        int updates = Integer.getInteger("measure.updates", 1_000_000);
        int keys = Integer.getInteger("measure.keys", 100_000);
        int perBatch = 1_000;
        Random random = new Random(8123);
        byte[] filling = "x".repeat(88).getBytes(UTF_8);
        int[] newest = new int[keys];
        java.util.Arrays.fill(newest, -1);
        ObjectStore store = store();
        ClusterLog writer = leader(store, Map.of("retention.ms", "-1"));
        append(
                writer,
                java.util.stream.IntStream.range(0, updates / perBatch)
                        .mapToObj(batch -> {
                            SimpleRecord[] records = new SimpleRecord[perBatch];
                            for (int i = 0; i < perBatch; i++) {
                                int number = batch * perBatch + i;
                                int key = random.nextInt(keys);
                                newest[key] = number;
                                byte[] value = ByteBuffer.allocate(4 + filling.length)
                                        .putInt(number)
                                        .put(filling)
                                        .array();
                                records[i] = new SimpleRecord(
                                        1, Integer.toString(key).getBytes(UTF_8), value);
                            }
                            return MemoryRecords.withRecords(Compression.NONE, records)
                                    .buffer();
                        })
                        .iterator());
        long before = bytes(await(store, partition -> partition.endOffset() >= updates));
        writer.close();

        ClusterLog cleaner = leader(store, Map.of("cleanup.policy", "compact", "segment.bytes", "1048576"));
        long start = System.nanoTime();
        append(
                cleaner,
                List.of(MemoryRecords.withRecords(
                                        Compression.NONE, new SimpleRecord(1, "end".getBytes(UTF_8), new byte[4]))
                                .buffer())
                        .iterator());
        ShardManifest.Partition after = await(store, partition -> partition.cleanedBelow() > updates);
        double seconds = (System.nanoTime() - start) / 1e9;

        Map<String, Integer> found = new HashMap<>();
        ClusterLog reader = leader(store, Map.of("cleanup.policy", "compact"));
        long read = read(reader, updates + 1, 1 << 20, batch -> {
            for (Record record : MemoryRecords.readableRecords(batch).records()) {
                String key = UTF_8.decode(record.key()).toString();
                assertThat(found.put(key, record.value().getInt())).isNull();
            }
        });
        int expected = 1;
        for (int key = 0; key < keys; key++) {
            if (newest[key] >= 0) {
                expected++;
                assertThat(found).containsEntry(Integer.toString(key), newest[key]);
            }
        }
        assertThat(found).hasSize(expected);
        LOG.info(String.format(
                Locale.ROOT,
                "cleaning by key: %d updates on %d keys, %.1f MiB in segments; after %.1f s %.1f MiB, %d records, all read back"
                        + " (%d bytes)",
                updates,
                keys,
                before / 1048576.0,
                seconds,
                bytes(after) / 1048576.0,
                found.size(),
                read));
        reader.close();
        cleaner.close();
    }

    private static long read(ClusterLog log, long end, int maxBytes, java.util.function.Consumer<ByteBuffer> each) {
        long bytes = 0;
        long next = 0;
        while (next < end) {
            ReadOutcome outcome = log.read(PARTITION, next, maxBytes, Isolation.READ_UNCOMMITTED)
                    .join();
            assertThat(outcome).isInstanceOf(ReadOutcome.Records.class);
            List<ByteBuffer> batches = ((ReadOutcome.Records) outcome).batches();
            assertThat(batches).isNotEmpty();
            for (ByteBuffer batch : batches) {
                bytes += batch.remaining();
                each.accept(batch.duplicate());
            }
            ByteBuffer last = batches.getLast();
            next = last.getLong(last.position()) + last.getInt(last.position() + 23) + 1;
        }
        return bytes;
    }

    @Test
    void coldRead() throws Exception {
        int mib = Integer.getInteger("measure.mib", 512);
        byte[] filling = new byte[1000];
        new Random(1).nextBytes(filling);
        int perBatch = 100;
        long batches = mib * 1048576L / (perBatch * 1010L);
        SimpleRecord[] records = new SimpleRecord[perBatch];
        java.util.Arrays.fill(records, new SimpleRecord(1, null, filling));
        ByteBuffer one = MemoryRecords.withRecords(Compression.NONE, records).buffer();
        ObjectStore store = store();
        ClusterLog writer = leader(store, Map.of("retention.ms", "-1"));
        append(
                writer,
                java.util.stream.LongStream.range(0, batches)
                        .mapToObj(_ -> one.duplicate())
                        .iterator());
        long end = batches * perBatch;
        ShardManifest.Partition partition = await(store, now -> now.endOffset() >= end);
        writer.close();

        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            long raw = 0;
            for (Part part : partition.segments()) {
                for (int at = 0; at < part.size(); at += 8 << 20) {
                    int size = Math.min(8 << 20, part.size() - at);
                    GetOutcome found = store.get(
                                    KEYS.segment(part.segment()), new ByteRange(part.position() + at, size))
                            .join();
                    raw += ((GetOutcome.Found) found).bytes().remaining();
                }
            }
            double rawSeconds = (System.nanoTime() - start) / 1e9;
            ClusterLog reader = leader(store, Map.of("retention.ms", "-1"));
            start = System.nanoTime();
            long read = read(reader, end, 1 << 20, _ -> {});
            double seconds = (System.nanoTime() - start) / 1e9;
            reader.close();
            assertThat(read).isEqualTo(bytes(partition));
            LOG.info(String.format(
                    Locale.ROOT,
                    "cold read: %d MiB in %d parts: %.0f MB/s by fetches of 1 MiB, %.0f MB/s by GETs of 8 MiB: %.0f %%",
                    mib,
                    partition.segments().size(),
                    read / 1e6 / seconds,
                    raw / 1e6 / rawSeconds,
                    100 * (read / seconds) / (raw / rawSeconds)));
        }
    }
}
