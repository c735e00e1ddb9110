// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.drill.ChaosPlan.Blow;
import io.penstock.standalone.drill.ChaosPlan.Kind;
import io.penstock.standalone.drill.Machine.BrokerProcess;
import io.penstock.standalone.drill.Machine.StoreTrouble;
import io.penstock.standalone.history.Anomaly;
import io.penstock.standalone.history.Event;
import io.penstock.standalone.history.HistoryChecker;
import io.penstock.standalone.history.Judgement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/// Everything at once, for a long time: blows by a plan, clients whose every act is told to a [HistoryChecker], and its
/// judgement.
final class ChaosDrill {
    private static final int PARTITIONS = 12;
    private static final int MEMBERS = 3;
    private static final int RECORD_BYTES = 200;
    private static final int RECORDS_PER_SECOND = 400;
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration SAY_EVERY = Duration.ofSeconds(15);
    private static final Duration CATCH_UP = Duration.ofMinutes(3);
    /// One producer waits for ever, so that every record of it must be there; others give up and go on, so that the log
    /// sees new producer epochs behind records of the old ones.
    private static final List<Duration> PATIENCE = List.of(Duration.ofMinutes(10), Duration.ofSeconds(15));

    private final Machine machine;
    private final ChaosPlan plan;
    private final Duration duration;
    private final Consumer<String> progress;
    private final long run = System.currentTimeMillis();
    private final String topic = "drill-chaos-" + run;
    private final HistoryChecker checker = new HistoryChecker();
    private final Consumer<Event> history;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong lastAcknowledged = new AtomicLong(System.nanoTime());
    private final AtomicLong longestSilence = new AtomicLong();
    private final AtomicBoolean controlPlaneAway = new AtomicBoolean();
    private final Collection<String> remarks = new ConcurrentLinkedQueue<>();
    private final Map<Kind, Long> fell = new EnumMap<>(Kind.class);
    private final List<Ending> endings = new ArrayList<>();
    private final List<RecordedWriter> writers = new ArrayList<>();
    private final List<RecordedReader> members = new ArrayList<>();
    private final List<Map<String, AtomicLong>> produceErrors = new ArrayList<>();
    private final List<Map<String, AtomicLong>> consumeErrors = new ArrayList<>();
    private int clients;

    /// What ends a blow, and when.
    private record Ending(long atNanos, Runnable end) {}

    /// @param alsoTo is told every event as well
    ChaosDrill(Machine machine, long seed, Duration duration, Consumer<Event> alsoTo, Consumer<String> progress) {
        this.machine = machine;
        this.duration = duration;
        this.progress = progress;
        this.plan = ChaosPlan.of(seed, duration);
        this.history = event -> {
            checker.accept(event);
            alsoTo.accept(event);
            if (event instanceof Event.Acknowledged) {
                acknowledged.incrementAndGet();
                long now = System.nanoTime();
                long silence = now - lastAcknowledged.getAndSet(now);
                longestSilence.accumulateAndGet(silence, Math::max);
            }
        };
    }

    ChaosReport run() throws InterruptedException, ExecutionException {
        Instant startedAt = Instant.now();
        long started = System.nanoTime();
        progress.accept("drill chaos: " + plan.text());
        createTopic();
        lastAcknowledged.set(System.nanoTime());
        PATIENCE.forEach(this::addWriter);
        for (int member = 0; member < MEMBERS; member++) {
            addMember();
        }
        RecordedReader alone = RecordedReader.alone(clients++, machine.bootstrapServers(), topic, run, history);
        consumeErrors.add(alone.errors());
        try {
            strike();
            progress.accept("all blows are over; waiting for every answer");
            for (RecordedWriter writer : List.copyOf(writers)) {
                writer.finish();
                writers.remove(writer);
            }
            long unread = awaitGroup();
            alone.close();
            members.forEach(RecordedReader::close);
            progress.accept("reading everything back");
            RecordedReader.readWhole(clients++, machine.bootstrapServers(), topic, run, history);
            return report(startedAt, started, unread, checker.judge());
        } finally {
            endings.forEach(ending -> ending.end().run());
            alone.close();
            members.forEach(RecordedReader::close);
            writers.forEach(RecordedWriter::close);
        }
    }

    private void createTopic() throws InterruptedException, ExecutionException {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, machine.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) -1)))
                    .all()
                    .get();
        }
    }

    // ---- the blows

    private void strike() throws InterruptedException {
        long begun = System.nanoTime();
        long said = begun;
        List<BrokerProcess> brokers = machine.brokers();
        List<Blow> left = new ArrayList<>(plan.blows());
        while (!left.isEmpty() || !endings.isEmpty() || System.nanoTime() - begun < duration.toNanos()) {
            long now = System.nanoTime();
            for (Ending ending : List.copyOf(endings)) {
                if (now >= ending.atNanos()) {
                    endings.remove(ending);
                    ending.end().run();
                }
            }
            while (!left.isEmpty() && now - begun >= left.getFirst().at().toNanos()) {
                List<BrokerProcess> running = machine.brokers();
                // None are told of while the control plane is away: then those of before.
                brokers = running.isEmpty() ? brokers : running;
                fall(left.removeFirst(), brokers);
            }
            if (now - said > SAY_EVERY.toNanos()) {
                said = now;
                progress.accept("  %,d s: acknowledged %,d, %s"
                        .formatted(TimeUnit.NANOSECONDS.toSeconds(now - begun), acknowledged.get(), fell));
            }
            TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
        }
    }

    private void fall(Blow blow, List<BrokerProcess> brokers) {
        try {
            switch (blow.kind()) {
                case KILL_BROKER -> machine.kill(brokers.get(blow.pick() % brokers.size()));
                case FREEZE_BROKER -> {
                    BrokerProcess victim = brokers.get(blow.pick() % brokers.size());
                    machine.freeze(victim);
                    until(blow, () -> quietly(() -> machine.thaw(victim)));
                }
                case CONTROL_PLANE_AWAY -> {
                    if (!controlPlaneAway.compareAndSet(false, true)) {
                        return;
                    }
                    machine.killAndHoldActiveControlPlane();
                    // Its return takes seconds, in which other blows fall.
                    until(
                            blow,
                            () -> Thread.ofPlatform().name("chaos-release").start(() -> {
                                quietly(machine::releaseControlPlane);
                                controlPlaneAway.set(false);
                            }));
                }
                case REPLACE_MEMBER -> {
                    members.remove(blow.pick() % members.size()).close();
                    addMember();
                }
                case REPLACE_WRITER -> {
                    int index = blow.pick() % writers.size();
                    writers.remove(index).close();
                    addWriter(PATIENCE.get(index % PATIENCE.size()));
                }
                case STORE_SLOW -> {
                    StoreTrouble store = machine.storeTrouble();
                    store.slow();
                    until(blow, () -> quietly(store::well));
                }
                case STORE_ERRORS -> {
                    StoreTrouble store = machine.storeTrouble();
                    store.failing();
                    until(blow, () -> quietly(store::well));
                }
            }
            fell.merge(blow.kind(), 1L, Long::sum);
        } catch (RuntimeException missed) {
            // Whoever was to be hit may be gone already.
            remarks.add(blow + " met nobody: " + missed.getMessage());
        }
    }

    private void until(Blow blow, Runnable end) {
        endings.add(new Ending(System.nanoTime() + blow.lasts().toNanos(), end));
    }

    private void quietly(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException gone) {
            remarks.add("an end met nobody: " + gone.getMessage());
        }
    }

    // ---- the clients

    private void addWriter(Duration patience) {
        RecordedWriter writer = new RecordedWriter(
                clients++,
                machine.bootstrapServers(),
                topic,
                PARTITIONS,
                run,
                RECORD_BYTES,
                RECORDS_PER_SECOND,
                patience,
                history);
        writers.add(writer);
        produceErrors.add(writer.errors());
    }

    private void addMember() {
        RecordedReader member = RecordedReader.member(
                clients++, machine.bootstrapServers(), "drill-chaos-group-" + run, topic, run, history);
        members.add(member);
        consumeErrors.add(member.errors());
    }

    private long awaitGroup() throws InterruptedException {
        long deadline = System.nanoTime() + CATCH_UP.toNanos();
        long unread = checker.unreadByGroup();
        while (unread > 0 && System.nanoTime() < deadline) {
            TimeUnit.SECONDS.sleep(1);
            unread = checker.unreadByGroup();
        }
        return unread;
    }

    // ---- the judgement

    private ChaosReport report(Instant startedAt, long started, long unread, Judgement judgement) {
        Map<String, Long> blows = new TreeMap<>();
        fell.forEach((kind, count) -> blows.put(kind.word(), count));
        Map<String, Long> anomalies = new TreeMap<>();
        for (Anomaly anomaly : Anomaly.values()) {
            if (judgement.count(anomaly) > 0) {
                anomalies.put(anomaly.name(), judgement.count(anomaly));
            }
        }
        return new ChaosReport(
                "chaos",
                plan.seed(),
                startedAt.toString(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
                blows,
                judgement.sent(),
                judgement.acknowledged(),
                judgement.read(),
                anomalies,
                judgement.examples(),
                unread,
                counts(produceErrors),
                counts(consumeErrors),
                TimeUnit.NANOSECONDS.toMillis(longestSilence.get()),
                List.copyOf(remarks),
                judgement.clean() && unread == 0 && judgement.acknowledged() > 0 && !blows.isEmpty());
    }

    private static Map<String, Long> counts(List<Map<String, AtomicLong>> errors) {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach(some -> some.forEach((name, count) -> counts.merge(name, count.get(), Long::sum)));
        return counts;
    }
}
