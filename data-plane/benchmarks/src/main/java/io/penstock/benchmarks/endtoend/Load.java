// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import io.penstock.benchmarks.endtoend.Figures.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One producer and, at the same time, one reader of one topic.
public final class Load {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /// After the runs: what a service put off is on its bill, too.
    private static final Duration SETTLING = Duration.ofSeconds(3);
    /// Random, so that nothing on the way can make them smaller; few, so that making them costs nothing.
    private static final int DIFFERENT_PAYLOADS = 64;

    private final LoadSettings settings;
    private final Service service;
    private final Client client;
    private final byte[][] payloads = new byte[DIFFERENT_PAYLOADS][LoadSettings.RECORD_BYTES];

    public Load(LoadSettings settings, Service service, Client client) {
        this.settings = settings;
        this.service = service;
        this.client = client;
        SplittableRandom random = new SplittableRandom(42);
        for (byte[] payload : payloads) {
            random.nextBytes(payload);
        }
    }

    public Figures run() throws ExecutionException, InterruptedException {
        run("warm-up", settings.warmUp());
        Duration before = service.cpu();
        List<Run> runs = new ArrayList<>();
        for (int number = 0; number < settings.runs(); number++) {
            runs.add(run("run-" + number, settings.run()));
        }
        Thread.sleep(SETTLING);
        Duration cpu = service.cpu().minus(before);
        double gibibytes =
                LoadSettings.mebibytes(runs.stream().mapToLong(Run::produced).sum()) / 1024;
        long[] latencies = paced();
        return new Figures(
                service.name(),
                client.label(),
                runs,
                median(runs, Run::produce_mib_per_second),
                median(runs, Run::end_to_end_mib_per_second),
                rounded(seconds(cpu) / gibibytes),
                rounded(latencies[latencies.length / 2] / 1e6),
                rounded(latencies[latencies.length * 99 / 100] / 1e6));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /// A new topic whose partitions have taken one record each. Apache Kafka's brokers learn of a topic one
    /// after the other: if one refuses a producer's very first batch and takes the next that is under way, it
    /// takes that one's sequence number for the first, and refuses the repeated batch until the producer
    /// gives up.
    private String topic(String purpose) throws ExecutionException, InterruptedException {
        String name = "bench-" + client.label() + "-" + purpose;
        try (Admin admin = Admin.create(Client.properties(service.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, LoadSettings.PARTITIONS, service.replicas())))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> first = client.producer(service.bootstrapServers())) {
            for (int partition = 0; partition < LoadSettings.PARTITIONS; partition++) {
                first.send(record(name, partition)).get();
            }
        }
        return name;
    }

    private Run run(String purpose, Duration duration) throws ExecutionException, InterruptedException {
        String topic = topic(purpose);
        AtomicLong expected = new AtomicLong(Long.MAX_VALUE);
        CompletableFuture<Long> reading = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().name("bench-reader").start(() -> {
            try {
                reading.complete(read(topic, expected));
            } catch (RuntimeException failure) {
                reading.completeExceptionally(failure);
            }
        });
        long began = System.nanoTime();
        long produced = produce(topic, began + duration.toNanos());
        Duration producing = Duration.ofNanos(System.nanoTime() - began);
        expected.set(produced);
        long consumed = reading.get();
        Duration untilConsumed = Duration.ofNanos(System.nanoTime() - began);
        reader.join();
        return new Run(
                produced,
                consumed,
                rounded(LoadSettings.mebibytes(produced) / seconds(producing)),
                rounded(LoadSettings.mebibytes(consumed) / seconds(untilConsumed)));
    }

    private long produce(String topic, long until) {
        AtomicLong acknowledged = new AtomicLong();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = client.producer(service.bootstrapServers())) {
            for (long n = 0; System.nanoTime() < until && failure.get() == null; n++) {
                producer.send(record(topic, n), (_, failed) -> {
                    if (failed == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, failed);
                    }
                });
            }
            producer.flush();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(service.name() + " did not take a record", failed);
        }
        return acknowledged.get();
    }

    private ProducerRecord<byte[], byte[]> record(String topic, long number) {
        int partition = (int) (number % LoadSettings.PARTITIONS);
        return new ProducerRecord<>(topic, partition, null, payloads[(int) (number % payloads.length)]);
    }

    /// @param expected how many there are, once the producer knows
    private long read(String topic, AtomicLong expected) {
        List<TopicPartition> all = IntStream.range(0, LoadSettings.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        long seen = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = Client.consumer(service.bootstrapServers())) {
            consumer.assign(all);
            all.forEach(partition -> consumer.seek(partition, 1));
            long progress = System.nanoTime();
            while (seen < expected.get() && System.nanoTime() - progress < SILENCE.toNanos()) {
                int some = consumer.poll(Duration.ofMillis(200)).count();
                if (some > 0) {
                    seen += some;
                    progress = System.nanoTime();
                }
            }
        }
        return seen;
    }

    /// @return how long each record waited for its acknowledgement since it was due, in order of length, nanoseconds
    private long[] paced() throws ExecutionException, InterruptedException {
        String topic = topic("paced");
        long[] waited = new long[settings.pacedRecords()];
        long interval = TimeUnit.SECONDS.toNanos(1) / settings.pacedPerSecond();
        try (KafkaProducer<byte[], byte[]> producer = client.producer(service.bootstrapServers())) {
            producer.partitionsFor(topic);
            long began = System.nanoTime();
            for (int n = 0; n < waited.length; n++) {
                long due = began + n * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                int number = n;
                producer.send(record(topic, n), (_, _) -> waited[number] = System.nanoTime() - due);
            }
            producer.flush();
        }
        Arrays.sort(waited);
        return waited;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
