// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.drill.Machine.BrokerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// One drill, from the empty topic to the verdict.
public final class Drill {
    private static final int GROUP_MEMBERS = 2;
    private static final String OFFSETS_TOPIC = "__consumer_offsets";
    /// A topic beside the judged one, for what a drill produces beyond its ledger.
    private static final String SIDE = "-side";
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(2);
    private static final Duration READERS_CATCH_UP = Duration.ofMinutes(1);

    private final DrillKind kind;
    private final DrillSettings settings;
    private final Machine machine;
    private final Consumer<String> progress;
    private final long run = System.currentTimeMillis();
    private final List<String> remarks = new ArrayList<>();
    private final List<String> fencedPuts = new ArrayList<>();
    private boolean newProducerFailed;
    private int sidePartition;
    private OptionalLong returned = OptionalLong.empty();
    private @Nullable Long takenOverMillis;
    private boolean fruitless;
    private final Map<Integer, Long> evenAfter = new LinkedHashMap<>();
    private String zone = "";
    private Optional<Latencies.Summary> inTrouble = Optional.empty();
    private long residentBytes;
    private long throttleMillis;

    public Drill(DrillKind kind, DrillSettings settings, Machine machine, Consumer<String> progress) {
        this.kind = kind;
        this.settings = settings;
        this.machine = machine;
        this.progress = progress;
    }

    DrillReport run() throws InterruptedException, ExecutionException {
        Instant startedAt = Instant.now();
        long started = System.nanoTime();
        String topic = "drill-" + kind.word() + "-" + run;
        try (Admin admin = admin()) {
            long asked = System.nanoTime();
            admin.createTopics(List.of(
                            new NewTopic(topic, settings.partitions(), (short) -1),
                            new NewTopic(topic + SIDE, settings.partitions(), (short) -1)))
                    .all()
                    .get();
            Duration created = Duration.ofNanos(System.nanoTime() - asked);
            Map<Integer, Leadership> before = leaders(admin, topic);
            List<BrokerProcess> victims = victims(before);
            boolean coordinatorToo = settings.coordinatorToo() && !victims.isEmpty() && !settings.brokerToo();
            Optional<String> coordinated = coordinatorToo
                    ? groupCoordinatedBy(admin, victims.getFirst().nodeId())
                    : Optional.empty();
            String group = coordinated.orElse("drill-group-" + run);
            if (settings.brokerToo()) {
                // What the dead broker coordinates waits as its shards do; the rest must not notice.
                group = groupCoordinatedBy(admin, survivor(victims).nodeId()).orElse(group);
                sidePartition =
                        partitionLedBy(admin, topic + SIDE, survivor(victims).nodeId());
            }
            List<Integer> threatened = before.entrySet().stream()
                    .filter(entry -> kind.hurtsBucket()
                            || victims.stream()
                                    .anyMatch(victim ->
                                            victim.nodeId() == entry.getValue().nodeId()))
                    .map(Map.Entry::getKey)
                    .toList();
            progress.accept("drill %s: %s; victims %s lead %d of %d partitions; %d records/s of %d bytes"
                    .formatted(
                            kind.word(),
                            kind.does(),
                            victims.stream().map(BrokerProcess::nodeId).toList(),
                            threatened.size(),
                            settings.partitions(),
                            settings.recordsPerSecond(),
                            settings.recordBytes()));

            try (Load load = new Load(
                            machine.bootstrapServers(),
                            topic,
                            settings.partitions(),
                            run,
                            settings.recordBytes(),
                            settings.recordsPerSecond(),
                            kind.hurtsBucket() ? Load.USUAL_REQUEST_TIMEOUT_MILLIS : Load.REQUEST_TIMEOUT_MILLIS);
                    GroupReaders readers =
                            new GroupReaders(machine.bootstrapServers(), group, topic, settings.partitions(), run)) {
                for (int member = 0; member < GROUP_MEMBERS; member++) {
                    readers.addMember();
                }
                Duration touched = load.touchAll();
                load.start();
                watch(load, settings.warmUp());
                strike(victims, threatened, load, readers, topic);
                awaitRecovery(load, threatened);
                watch(load, settings.after());
                load.finish();
                List<long[]> acknowledged =
                        load.ledgers().stream().map(PartitionLedger::snapshot).toList();
                long missed = awaitReaders(readers, acknowledged);
                progress.accept("reading everything back");
                Verdict verdict = judge(topic, acknowledged);
                int moved = moved(before, leaders(admin, topic));
                return report(
                        startedAt,
                        started,
                        created,
                        touched,
                        victims,
                        threatened,
                        moved,
                        coordinated.isPresent(),
                        load,
                        readers,
                        missed,
                        verdict);
            }
        }
    }

    // ---- the blow

    private void strike(
            List<BrokerProcess> victims, List<Integer> threatened, Load load, GroupReaders readers, String topic)
            throws InterruptedException {
        long at = System.nanoTime();
        switch (kind) {
            case BROKER_KILL, ALL_BROKERS_KILL -> {
                victims.parallelStream().forEach(machine::kill);
                load.blow(threatened, at, System.nanoTime());
                progress.accept(
                        "killed " + victims.stream().map(BrokerProcess::pid).toList());
            }
            case BROKER_FREEZE -> {
                BrokerProcess victim = victims.getFirst();
                machine.freeze(victim);
                load.blow(threatened, at, System.nanoTime());
                progress.accept("froze " + victim.pid());
                watch(load, settings.blow());
                machine.thaw(victim);
                progress.accept("woke " + victim.pid());
                watch(load, Duration.ofSeconds(5));
                fencedPuts.addAll(machine.fencedPuts(victim));
                if (fencedPuts.isEmpty()) {
                    remarks.add("the woken broker's log names no refused slot: it had no PUT in flight, or the metalog"
                            + " told it first");
                }
            }
            case SCALE -> {
                int before = machine.brokers().size();
                scaleTo(2 * before);
                watch(load, settings.after());
                scaleTo(before);
                load.blow(threatened, System.nanoTime(), System.nanoTime());
            }
            case ZONE_KILL -> {
                machine.killZone(zone);
                load.blow(threatened, at, System.nanoTime());
                progress.accept("killed everything in " + zone);
                awaitTakeOver(at);
            }
            case CONTROL_PLANE_KILL -> {
                int left = machine.killAndHoldActiveControlPlane();
                progress.accept(
                        left == 0
                                ? "killed the control plane; it stays away for "
                                        + settings.blow().toSeconds() + " s"
                                : "killed the active replica of the control plane; another one takes over");
                if (left > 0) {
                    awaitTakeOver(at);
                } else {
                    watch(load, settings.blow().dividedBy(6));
                }
                if (settings.brokerToo()) {
                    long killedAt = System.nanoTime();
                    victims.forEach(machine::kill);
                    load.blow(threatened, killedAt, System.nanoTime());
                    progress.accept("killed "
                            + victims.stream().map(BrokerProcess::pid).toList()
                            + (left == 0 ? "; its shards wait" : "; the replica that took over gives its shards away"));
                }
                watch(load, settings.blow().dividedBy(6));
                readers.addMember();
                progress.accept("a member joined the group; a new idempotent producer starts");
                produceAnew(topic + SIDE);
                watch(load, settings.blow().dividedBy(3).multipliedBy(2));
                machine.releaseControlPlane();
                if (left == 0) {
                    returned = OptionalLong.of(System.nanoTime());
                }
                progress.accept("the control plane is back");
            }
            case BUCKET_SLOW -> trouble("put_ms=700&put_p99_ms=2000", load, threatened);
            case BUCKET_ERRORS -> trouble("error_rate=0.3", load, threatened);
        }
    }

    /// Times until as many brokers as were wished for lead as many shards as any other, give or take one.
    private void scaleTo(int brokers) throws InterruptedException {
        long asked = System.nanoTime();
        machine.scale(brokers);
        progress.accept("asked for " + brokers + " brokers");
        while (!isEven(machine.shardsLed(), brokers)) {
            if (System.nanoTime() - asked > LONGEST_RECOVERY.toNanos()) {
                remarks.add("the fleet did not become even with " + brokers + " brokers");
                fruitless = true;
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
        evenAfter.put(brokers, millis);
        progress.accept(brokers + " brokers are even after " + millis + " ms");
    }

    private static boolean isEven(List<Integer> led, int brokers) {
        return led.size() == brokers
                && led.stream().mapToInt(n -> n).max().orElse(0)
                                - led.stream().mapToInt(n -> n).min().orElse(0)
                        <= 1;
    }

    /// Times the take-over; the load goes on meanwhile.
    private void awaitTakeOver(long killedAt) throws InterruptedException {
        while (!machine.controlPlaneActs()) {
            if (System.nanoTime() - killedAt > LONGEST_RECOVERY.toNanos()) {
                remarks.add("no other replica of the control plane took over");
                fruitless = true;
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        takenOverMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedAt);
        progress.accept("another replica acts after " + takenOverMillis + " ms");
    }

    private void trouble(String model, Load load, List<Integer> partitions) throws InterruptedException {
        load.latencies();
        machine.bucketBecomes(model);
        progress.accept("the bucket has become: " + model);
        try {
            long end = System.nanoTime() + settings.blow().toNanos();
            while (System.nanoTime() < end) {
                watch(load, Duration.ofSeconds(1));
                throttleMillis = Math.max(throttleMillis, load.metric("produce-throttle-time-max"));
                machine.brokers()
                        .forEach(broker -> residentBytes = Math.max(residentBytes, machine.residentBytes(broker)));
            }
        } finally {
            machine.bucketBecomes("");
        }
        inTrouble = Optional.of(load.latencies());
        load.blow(partitions, System.nanoTime(), System.nanoTime());
        progress.accept("the bucket is well again");
    }

    /// The load goes on until every partition that was hurt acknowledges again, for as long as a person would wait.
    private static void awaitRecovery(Load load, List<Integer> threatened) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_RECOVERY.toNanos();
        while (System.nanoTime() < deadline
                && threatened.stream()
                        .anyMatch(partition ->
                                load.clock(partition).firstAfterBlow().isEmpty())) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /// A producer that never was before: it needs a producer id, and gets it from the bucket.
    private void produceAnew(String topic) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, machine.bootstrapServers());
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topic, sidePartition, null, Payload.of(run, 0, 0, settings.recordBytes())))
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException failure) {
            remarks.add("a new idempotent producer could not produce while the control plane was away: " + failure);
            newProducerFailed = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- judging

    private long awaitReaders(GroupReaders readers, List<long[]> acknowledged) throws InterruptedException {
        long deadline = System.nanoTime() + READERS_CATCH_UP.toNanos();
        long missing = readers.missing(acknowledged);
        while (missing > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
            missing = readers.missing(acknowledged);
        }
        return missing;
    }

    private Verdict judge(String topic, List<long[]> acknowledged) {
        List<PartitionContent> contents =
                TopicReader.read(machine.bootstrapServers(), topic, settings.partitions(), run);
        Verdict verdict = Verdict.NOTHING;
        for (int partition = 0; partition < settings.partitions(); partition++) {
            verdict = verdict.plus(Verdict.of(acknowledged.get(partition), contents.get(partition)));
        }
        return verdict;
    }

    private DrillReport report(
            Instant startedAt,
            long started,
            Duration created,
            Duration touched,
            List<BrokerProcess> victims,
            List<Integer> threatened,
            int moved,
            boolean coordinated,
            Load load,
            GroupReaders readers,
            long missed,
            Verdict verdict) {
        Latencies.Summary produced = inTrouble.orElseGet(load::latencies);
        Latencies.Summary tail = readers.delays();
        List<Long> firstProduce = millis(
                threatened.stream().map(partition -> load.clock(partition).firstAfterBlowNanos()));
        List<Long> fromReturn = returned.isEmpty()
                ? List.of()
                : millis(threatened.stream()
                        .map(partition -> load.clock(partition).firstAfterBlow())
                        .map(at -> at.isEmpty() ? at : OptionalLong.of(at.getAsLong() - returned.getAsLong())));
        boolean shouldMove = !victims.isEmpty();
        if (shouldMove && moved == 0) {
            remarks.add("no loaded shard moved: this drill proves nothing");
        }
        if (shouldMove && firstProduce.size() < threatened.size()) {
            remarks.add((threatened.size() - firstProduce.size()) + " moved partitions never acknowledged again");
        }
        Map<String, Long> produceErrors = counts(load.errors());
        boolean quiet = switch (kind) {
            case CONTROL_PLANE_KILL, SCALE ->
                produceErrors.isEmpty() && readers.errors().isEmpty();
            case BUCKET_SLOW, BUCKET_ERRORS -> produceErrors.isEmpty();
            case BROKER_KILL, BROKER_FREEZE, ALL_BROKERS_KILL, ZONE_KILL -> true;
        };
        if (!quiet) {
            remarks.add("an error reached a client although no broker was hurt");
        }
        boolean passed = verdict.clean()
                && verdict.acknowledged() > 0
                && missed == 0
                && quiet
                && !fruitless
                && !newProducerFailed
                && (!shouldMove || (moved > 0 && firstProduce.size() == threatened.size()));
        return new DrillReport(
                kind.word(),
                startedAt.toString(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
                victims.stream().map(BrokerProcess::nodeId).toList(),
                settings.partitions(),
                created.toMillis(),
                touched.toMillis(),
                moved,
                coordinated,
                load.sent(),
                verdict.acknowledged(),
                verdict.lost(),
                verdict.duplicated(),
                verdict.outOfOrder(),
                verdict.damaged(),
                readers.records(),
                missed,
                produceErrors,
                counts(readers.errors()),
                TimeUnit.NANOSECONDS.toMillis(load.longestGapNanos()),
                firstProduce.isEmpty() ? null : firstProduce.get(firstProduce.size() / 2),
                firstProduce.isEmpty() ? null : firstProduce.getLast(),
                fromReturn.isEmpty() ? null : fromReturn.get(fromReturn.size() / 2),
                fromReturn.isEmpty() ? null : fromReturn.getLast(),
                takenOverMillis,
                evenAfter,
                produced.p50Millis(),
                produced.p99Millis(),
                tail.p50Millis(),
                tail.p99Millis(),
                throttleMillis,
                load.metric("record-retry-total"),
                residentBytes >> 20,
                List.copyOf(fencedPuts),
                List.copyOf(remarks),
                passed);
    }

    /// Those that are known, in order.
    private static List<Long> millis(Stream<OptionalLong> nanos) {
        return nanos.filter(OptionalLong::isPresent)
                .map(known -> TimeUnit.NANOSECONDS.toMillis(known.getAsLong()))
                .sorted()
                .toList();
    }

    private static Map<String, Long> counts(Map<String, AtomicLong> errors) {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((name, count) -> counts.put(name, count.get()));
        return counts;
    }

    // ---- who leads

    private record Leadership(int nodeId, int epoch) {}

    private List<BrokerProcess> victims(Map<Integer, Leadership> leaders) {
        List<BrokerProcess> brokers = machine.brokers();
        return switch (kind) {
            case ALL_BROKERS_KILL -> brokers;
            case CONTROL_PLANE_KILL -> settings.brokerToo() ? List.of(busiest(brokers, leaders)) : List.of();
            case BUCKET_SLOW, BUCKET_ERRORS, SCALE -> List.of();
            case ZONE_KILL -> {
                zone = machine.activeZone();
                if (zone.isEmpty()
                        || brokers.stream().allMatch(broker -> broker.zone().equals(zone))) {
                    throw new IllegalStateException(
                            "there are no two zones with brokers: ./penstock up --zones 3 --brokers 3 --control-planes 2");
                }
                yield brokers.stream()
                        .filter(broker -> broker.zone().equals(zone))
                        .toList();
            }
            case BROKER_KILL, BROKER_FREEZE -> List.of(busiest(brokers, leaders));
        };
    }

    private static BrokerProcess busiest(List<BrokerProcess> brokers, Map<Integer, Leadership> leaders) {
        return brokers.stream()
                .max(Comparator.comparingLong(broker -> leaders.values().stream()
                        .filter(leader -> leader.nodeId() == broker.nodeId())
                        .count()))
                .orElseThrow(() -> new IllegalStateException("no broker runs"));
    }

    private BrokerProcess survivor(List<BrokerProcess> victims) {
        return machine.brokers().stream()
                .filter(broker -> !victims.contains(broker))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a second broker must live"));
    }

    private static int partitionLedBy(Admin admin, String topic, int nodeId)
            throws InterruptedException, ExecutionException {
        return describe(admin, topic).partitions().stream()
                .filter(partition ->
                        partition.leader() != null && partition.leader().id() == nodeId)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("node " + nodeId + " leads nothing of " + topic))
                .partition();
    }

    private Map<Integer, Leadership> leaders(Admin admin, String topic)
            throws InterruptedException, ExecutionException {
        for (int attempt = 0; ; attempt++) {
            try {
                TopicDescription description = describe(admin, topic);
                Map<Integer, Integer> epochs = epochs(admin, topic);
                Map<Integer, Leadership> leaders = new HashMap<>();
                for (TopicPartitionInfo partition : description.partitions()) {
                    if (partition.leader() != null && !partition.leader().isEmpty()) {
                        leaders.put(
                                partition.partition(),
                                new Leadership(
                                        partition.leader().id(), epochs.getOrDefault(partition.partition(), -1)));
                    }
                }
                if (leaders.size() == settings.partitions()) {
                    return leaders;
                }
            } catch (ExecutionException failure) {
                if (attempt > 50
                        || !(failure.getCause() instanceof org.apache.kafka.common.errors.RetriableException)) {
                    throw failure;
                }
            }
            if (attempt > 100) {
                throw new IllegalStateException("not every partition of " + topic + " has a leader");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static TopicDescription describe(Admin admin, String topic)
            throws InterruptedException, ExecutionException {
        return Objects.requireNonNull(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .get();
    }

    private Map<Integer, Integer> epochs(Admin admin, String topic) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int partition = 0; partition < settings.partitions(); partition++) {
            all.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Map<Integer, Integer> epochs = new HashMap<>();
        admin.listOffsets(all)
                .all()
                .get()
                .forEach((partition, latest) ->
                        epochs.put(partition.partition(), latest.leaderEpoch().orElse(-1)));
        return epochs;
    }

    private static int moved(Map<Integer, Leadership> before, Map<Integer, Leadership> after) {
        return (int) before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }

    /// Names are cheap: the first one whose hash falls to an offsets partition that the victim leads will do.
    private Optional<String> groupCoordinatedBy(Admin admin, int nodeId)
            throws InterruptedException, ExecutionException {
        // Asking for any group's offsets makes the offsets topic if there is none yet.
        admin.listConsumerGroupOffsets("drill-group-" + run).all().get();
        TopicDescription offsets = describe(admin, OFFSETS_TOPIC);
        for (int attempt = 0; attempt < 1000; attempt++) {
            String group = "drill-group-" + run + "-" + attempt;
            int partition = Utils.abs(group.hashCode()) % offsets.partitions().size();
            TopicPartitionInfo home = offsets.partitions().get(partition);
            if (home.leader() != null && home.leader().id() == nodeId) {
                return Optional.of(group);
            }
        }
        remarks.add("the victim coordinates no group");
        return Optional.empty();
    }

    private void watch(Load load, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long lastSaid = System.nanoTime();
        while (System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
            if (System.nanoTime() - lastSaid > TimeUnit.SECONDS.toNanos(5)) {
                lastSaid = System.nanoTime();
                progress.accept("  acknowledged %,d of %,d sent".formatted(load.acknowledged(), load.sent()));
            }
        }
    }

    private Admin admin() {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, machine.bootstrapServers());
        return Admin.create(properties);
    }
}
