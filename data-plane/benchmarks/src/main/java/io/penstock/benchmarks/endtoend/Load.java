// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import io.penstock.benchmarks.endtoend.Figures.Run;
import io.penstock.benchmarks.endtoend.PacedProducer.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// One producer and, at the same time, one reader of one topic.
public final class Load {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /// After the runs: what a service put off is on its bill, too.
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final LoadSettings settings;
    private final Service service;
    private final Client client;

    public Load(LoadSettings settings, Service service, Client client) {
        this.settings = settings;
        this.service = service;
        this.client = client;
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
        Waits waits = PacedProducer.run(
                topic("paced"), settings.pacedPerSecond(), number -> number < settings.pacedRecords());
        return new Figures(
                service.name(),
                client.label(),
                runs,
                median(runs, Run::produce_mib_per_second),
                median(runs, Run::end_to_end_mib_per_second),
                rounded(seconds(cpu) / gibibytes),
                waits.p50_ms(),
                waits.p99_ms());
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Producing topic(String purpose) throws ExecutionException, InterruptedException {
        return Producing.toNewTopic(service, client, "bench-" + client.label() + "-" + purpose);
    }

    private Run run(String purpose, Duration duration) throws ExecutionException, InterruptedException {
        Producing producing = topic(purpose);
        AtomicLong expected = new AtomicLong(Long.MAX_VALUE);
        CompletableFuture<Long> reading = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().name("bench-reader").start(() -> {
            try {
                reading.complete(read(producing.topic(), expected));
            } catch (RuntimeException failure) {
                reading.completeExceptionally(failure);
            }
        });
        long began = System.nanoTime();
        long produced = producing.produceWhile(_ -> System.nanoTime() - began < duration.toNanos());
        Duration lasted = Duration.ofNanos(System.nanoTime() - began);
        expected.set(produced);
        long consumed = reading.get();
        Duration untilConsumed = Duration.ofNanos(System.nanoTime() - began);
        reader.join();
        return new Run(
                produced,
                consumed,
                rounded(LoadSettings.mebibytes(produced) / seconds(lasted)),
                rounded(LoadSettings.mebibytes(consumed) / seconds(untilConsumed)));
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

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
