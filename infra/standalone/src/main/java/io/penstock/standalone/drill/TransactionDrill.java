// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.drill.Machine.BrokerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A drill whose load are transactions: workers transform inputs exactly once while a broker dies, or freezes and
/// wakes.
final class TransactionDrill {
    private static final int WORKERS = 3;
    private static final int INPUTS_PER_SECOND = 300;
    private static final int INPUT_BYTES = 64;
    /// Within it everything must be transformed, and no transaction be open any more.
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TRANSACTIONS_TOPIC = "__transaction_state";

    private final DrillKind kind;
    private final DrillSettings settings;
    private final Machine machine;
    private final Consumer<String> progress;
    private final long run = System.currentTimeMillis();
    private final List<String> remarks = new ArrayList<>();
    private final CommitGaps gaps = new CommitGaps();

    TransactionDrill(DrillKind kind, DrillSettings settings, Machine machine, Consumer<String> progress) {
        this.kind = kind;
        this.settings = settings;
        this.machine = machine;
        this.progress = progress;
    }

    TransactionReport run() throws InterruptedException, ExecutionException {
        Instant startedAt = Instant.now();
        long began = System.nanoTime();
        String input = "drill-txn-" + run;
        List<String> outputs = List.of(input + "-a", input + "-b");
        TransactionalWorker.Job job = new TransactionalWorker.Job(
                machine.bootstrapServers(), input, outputs, input + "-group", settings.partitions(), run);
        AtomicInteger transactions = new AtomicInteger();
        List<TransactionalWorker> workers = new ArrayList<>();
        try (Admin admin = admin()) {
            List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic(input, settings.partitions(), (short) -1)));
            outputs.forEach(output -> topics.add(new NewTopic(output, settings.partitions(), (short) -1)));
            admin.createTopics(topics).all().get();
            Set<TransactionVerdict.Input> acknowledged;
            List<Integer> victims = new ArrayList<>();
            int moved;
            try (Load load = new Load(
                    machine.bootstrapServers(),
                    input,
                    settings.partitions(),
                    run,
                    INPUT_BYTES,
                    INPUTS_PER_SECOND,
                    Load.REQUEST_TIMEOUT_MILLIS)) {
                for (int worker = 0; worker < WORKERS; worker++) {
                    workers.add(new TransactionalWorker(job, worker, transactions, gaps::committed));
                }
                load.touchAll();
                load.start();
                workers.forEach(TransactionalWorker::start);
                watch(workers, settings.warmUp());
                Map<TopicPartition, Integer> before = epochs(admin, outputs);
                strike(busiest(admin, outputs.getFirst()), victims, workers);
                watch(workers, settings.after());
                load.finish();
                acknowledged = acknowledged(load);
                awaitAllTransformed(admin, job);
                moved = (int) epochs(admin, outputs).entrySet().stream()
                        .filter(now -> !now.getValue().equals(before.get(now.getKey())))
                        .count();
            } finally {
                for (TransactionalWorker worker : workers) {
                    worker.stop();
                }
            }
            long hanging = awaitNothingOpen(admin, outputs);
            progress.accept("reading back what is committed");
            return report(startedAt, began, victims, moved, acknowledged, workers, job, hanging);
        }
    }

    // ---- the blow

    private void strike(BrokerProcess victim, List<Integer> victims, List<TransactionalWorker> workers)
            throws InterruptedException {
        victims.add(victim.nodeId());
        gaps.blow();
        if (kind == DrillKind.BROKER_FREEZE) {
            machine.freeze(victim);
            progress.accept("froze " + victim.pid());
            watch(workers, settings.blow());
            machine.thaw(victim);
            progress.accept("woke " + victim.pid());
        } else {
            machine.kill(victim);
            progress.accept("killed " + victim.pid());
        }
    }

    /// Who leads most of the topic's partitions; coordinators are spread as these are.
    private BrokerProcess busiest(Admin admin, String topic) throws InterruptedException, ExecutionException {
        Map<Integer, Long> led = new HashMap<>();
        admin.describeTopics(List.of(topic, TRANSACTIONS_TOPIC))
                .allTopicNames()
                .get()
                .values()
                .forEach(description -> description.partitions().stream()
                        .filter(partition -> partition.leader() != null)
                        .forEach(partition -> led.merge(partition.leader().id(), 1L, Long::sum)));
        return machine.brokers().stream()
                .max(Comparator.comparingLong(broker -> led.getOrDefault(broker.nodeId(), 0L)))
                .orElseThrow(() -> new IllegalStateException("no broker runs"));
    }

    private void watch(List<TransactionalWorker> workers, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.sleep(Math.min(TimeUnit.SECONDS.toNanos(5), Math.max(1, end - System.nanoTime())));
            progress.accept("  %,d transactions committed"
                    .formatted(workers.stream()
                            .mapToLong(worker -> worker.committed().size())
                            .sum()));
        }
    }

    // ---- the end

    private static Set<TransactionVerdict.Input> acknowledged(Load load) {
        Set<TransactionVerdict.Input> acknowledged = new HashSet<>();
        List<PartitionLedger> ledgers = load.ledgers();
        for (int partition = 0; partition < ledgers.size(); partition++) {
            long[] offsets = ledgers.get(partition).snapshot();
            for (int record = 0; record < offsets.length; record++) {
                if (offsets[record] >= 0) {
                    acknowledged.add(new TransactionVerdict.Input(partition, record));
                }
            }
        }
        return acknowledged;
    }

    private void awaitAllTransformed(Admin admin, TransactionalWorker.Job job)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, Long> ends = ends(admin, List.of(job.input()), IsolationLevel.READ_UNCOMMITTED);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var committed = admin.listConsumerGroupOffsets(job.group())
                    .partitionsToOffsetAndMetadata()
                    .get();
            if (ends.entrySet().stream().allMatch(end -> {
                var offset = committed.get(end.getKey());
                return end.getValue() == 0 || (offset != null && offset.offset() >= end.getValue());
            })) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        remarks.add("not all inputs were transformed within " + PATIENCE.toSeconds() + " s");
    }

    /// @return partitions in which a transaction is still open
    private long awaitNothingOpen(Admin admin, List<String> outputs) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long open;
        do {
            Map<TopicPartition, Long> stable = ends(admin, outputs, IsolationLevel.READ_COMMITTED);
            open = ends(admin, outputs, IsolationLevel.READ_UNCOMMITTED).entrySet().stream()
                    .filter(end -> !end.getValue().equals(stable.get(end.getKey())))
                    .count();
            if (open > 0) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } while (open > 0 && System.nanoTime() < deadline);
        return open;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> latest(Admin admin, List<String> topics, IsolationLevel level)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (String topic : topics) {
            IntStream.range(0, settings.partitions())
                    .forEach(partition -> all.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        }
        return admin.listOffsets(all, new ListOffsetsOptions(level)).all().get();
    }

    private Map<TopicPartition, Long> ends(Admin admin, List<String> topics, IsolationLevel level)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        latest(admin, topics, level).forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private Map<TopicPartition, Integer> epochs(Admin admin, List<String> topics)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, Integer> epochs = new HashMap<>();
        latest(admin, topics, IsolationLevel.READ_UNCOMMITTED)
                .forEach((partition, end) ->
                        epochs.put(partition, end.leaderEpoch().orElse(-1)));
        return epochs;
    }

    private List<TransactionVerdict.Output> committedOf(TransactionalWorker.Job job, int output) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, job.bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        List<TransactionVerdict.Output> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, job.partitions())
                    .mapToObj(partition -> new TopicPartition(job.outputs().get(output), partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all, Duration.ofSeconds(60));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "the end of " + job.outputs().get(output) + " cannot be reached");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    Payload payload = Payload.read(record.value(), job.run(), record.partition())
                            .orElseThrow(() -> new IllegalStateException("a damaged record: " + record));
                    int from = Math.floorMod(record.partition() - output, job.partitions());
                    found.add(new TransactionVerdict.Output(
                            new TransactionVerdict.Input(from, payload.record()), payload.writer()));
                }
            }
        }
        return found;
    }

    private TransactionReport report(
            Instant startedAt,
            long began,
            List<Integer> victims,
            int moved,
            Set<TransactionVerdict.Input> acknowledged,
            List<TransactionalWorker> workers,
            TransactionalWorker.Job job,
            long hanging) {
        Set<Integer> committed = new HashSet<>();
        Set<Integer> aborted = new HashSet<>();
        Map<String, Long> errors = new TreeMap<>();
        Map<String, Long> slowest = new TreeMap<>();
        long restarts = 0;
        for (TransactionalWorker worker : workers) {
            committed.addAll(worker.committed());
            aborted.addAll(worker.aborted());
            restarts += worker.restarts();
            worker.slowest().forEach((call, millis) -> slowest.merge(call, millis, Math::max));
            worker.errors().forEach((name, count) -> errors.merge(name, count.get(), Long::sum));
        }
        TransactionVerdict verdict = TransactionVerdict.of(
                acknowledged, List.of(committedOf(job, 0), committedOf(job, 1)), aborted, committed);
        if (moved == 0) {
            remarks.add("no loaded shard moved: this drill proves nothing");
        }
        return new TransactionReport(
                kind.word(),
                startedAt.toString(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                victims,
                moved,
                acknowledged.size(),
                verdict.committed(),
                committed.size(),
                aborted.size(),
                restarts,
                verdict.lost(),
                verdict.duplicated(),
                verdict.torn(),
                verdict.abortedRead(),
                verdict.uncommitted(),
                hanging,
                errors,
                gaps.longest().toMillis(),
                gaps.longestBegan().toMillis(),
                slowest,
                List.copyOf(remarks),
                verdict.clean() && hanging == 0 && moved > 0 && !committed.isEmpty());
    }

    private Admin admin() {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, machine.bootstrapServers());
        return Admin.create(properties);
    }
}
