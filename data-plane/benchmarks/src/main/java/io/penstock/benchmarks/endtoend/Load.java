// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One producer and one reader of one topic.
public final class Load {
    private static final short REPLICAS = 3;
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /// Random, so that nothing on the way can make them smaller; few, so that making them costs nothing.
    private static final int DIFFERENT_PAYLOADS = 64;

    private final LoadSettings settings;
    private final Service service;
    private final byte[][] payloads;

    public Load(LoadSettings settings, Service service) {
        this.settings = settings;
        this.service = service;
        SplittableRandom random = new SplittableRandom(42);
        payloads = new byte[DIFFERENT_PAYLOADS][settings.recordBytes()];
        for (byte[] payload : payloads) {
            random.nextBytes(payload);
        }
    }

    public Figures run() throws ExecutionException, InterruptedException {
        String warm = "bench-warm-up";
        String measured = "bench";
        String paced = "bench-paced";
        try (Admin admin = Admin.create(Clients.properties(service.bootstrapServers()))) {
            admin.createTopics(List.of(topic(warm), topic(measured), topic(paced)))
                    .all()
                    .get();
        }
        throughput(warm, settings.warmUpRecords());
        Duration before = service.cpu();
        Throughput throughput = throughput(measured, settings.records());
        Duration cpu = service.cpu().minus(before);
        long[] latencies = paced(paced);
        return new Figures(
                service.name(),
                throughput.produced,
                throughput.consumed,
                rounded(mebibytes(throughput.produced) / seconds(throughput.producing)),
                rounded(mebibytes(throughput.consumed) / seconds(throughput.untilConsumed)),
                rounded(seconds(cpu) / settings.gibibytes()),
                rounded(latencies[latencies.length / 2] / 1e6),
                rounded(latencies[latencies.length * 99 / 100] / 1e6));
    }

    private NewTopic topic(String name) {
        return new NewTopic(name, settings.partitions(), REPLICAS);
    }

    private record Throughput(long produced, long consumed, Duration producing, Duration untilConsumed) {}

    private Throughput throughput(String topic, long records) throws ExecutionException, InterruptedException {
        CompletableFuture<Long> reading = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().name("bench-reader").start(() -> {
            try {
                reading.complete(read(topic, records));
            } catch (RuntimeException failure) {
                reading.completeExceptionally(failure);
            }
        });
        long began = System.nanoTime();
        long produced = produce(topic, records);
        Duration producing = Duration.ofNanos(System.nanoTime() - began);
        long consumed = reading.get();
        Duration untilConsumed = Duration.ofNanos(System.nanoTime() - began);
        reader.join();
        return new Throughput(produced, consumed, producing, untilConsumed);
    }

    private long produce(String topic, long records) {
        AtomicLong acknowledged = new AtomicLong();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(service.bootstrapServers())) {
            for (long n = 0; n < records && failure.get() == null; n++) {
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
        int partition = (int) (number % settings.partitions());
        return new ProducerRecord<>(topic, partition, null, payloads[(int) (number % payloads.length)]);
    }

    private long read(String topic, long records) {
        List<TopicPartition> all = IntStream.range(0, settings.partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        long seen = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(service.bootstrapServers())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long progress = System.nanoTime();
            while (seen < records && System.nanoTime() - progress < SILENCE.toNanos()) {
                int some = consumer.poll(Duration.ofMillis(200)).count();
                if (some > 0) {
                    seen += some;
                    progress = System.nanoTime();
                }
            }
        }
        return seen;
    }

    /// @return how long each record waited for its acknowledgement, in order of length, nanoseconds
    private long[] paced(String topic) {
        long[] waited = new long[settings.pacedRecords()];
        long interval = TimeUnit.SECONDS.toNanos(1) / settings.pacedPerSecond();
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(service.bootstrapServers())) {
            long began = System.nanoTime();
            for (int n = 0; n < waited.length; n++) {
                for (long wait = began + n * interval - System.nanoTime(); wait > 0; ) {
                    LockSupport.parkNanos(wait);
                    wait = began + n * interval - System.nanoTime();
                }
                int number = n;
                long sent = System.nanoTime();
                producer.send(record(topic, n), (_, _) -> waited[number] = System.nanoTime() - sent);
            }
            producer.flush();
        }
        Arrays.sort(waited);
        return waited;
    }

    private double mebibytes(long records) {
        return records * (double) settings.recordBytes() / (1 << 20);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
