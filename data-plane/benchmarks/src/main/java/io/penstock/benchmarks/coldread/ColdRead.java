// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import io.penstock.benchmarks.coldread.ColdReadReport.Round;
import io.penstock.benchmarks.endtoend.Client;
import io.penstock.benchmarks.endtoend.LaunchedPenstock;
import io.penstock.benchmarks.endtoend.LoadSettings;
import io.penstock.benchmarks.endtoend.PacedProducer;
import io.penstock.benchmarks.endtoend.PacedProducer.Waits;
import io.penstock.benchmarks.endtoend.Producing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Writes a topic, lets the brokers fold it and write something else until they have forgotten it, then has it read:
/// by raw GETs of the store, and by a consumer from the beginning. Single records are produced to another topic all the
/// while.
public final class ColdRead {
    /// More than all tail caches of three brokers.
    private static final double FORGETTING_GIB = 0.75;
    private static final int PACED_PER_SECOND = 200;
    private static final Duration BEFORE = Duration.ofSeconds(15);
    /// A tail is folded when it is a minute old.
    private static final Duration FOLDED_AFTER = Duration.ofSeconds(70);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration LONGEST_FOLDING = Duration.ofMinutes(5);

    private final LaunchedPenstock penstock;
    private final double gib;
    private final int rounds;
    private final Consumer<String> progress;

    /// @param gib how much the topic holds
    /// @param rounds the medians count
    public ColdRead(LaunchedPenstock penstock, double gib, int rounds, Consumer<String> progress) {
        this.penstock = penstock;
        this.gib = gib;
        this.rounds = rounds;
        this.progress = progress;
    }

    /// @throws IllegalStateException if a record was refused or never came back
    public ColdReadReport run() throws IOException, InterruptedException, ExecutionException {
        Producing cold = Producing.toNewTopic(penstock, Client.KIND, "cold");
        Producing other = Producing.toNewTopic(penstock, Client.KIND, "other");
        Producing tail = Producing.toNewTopic(penstock, Client.DEFAULT, "tail");
        long records = (long) (gib * (1 << 30)) / LoadSettings.RECORD_BYTES;
        long began = System.nanoTime();
        cold.produceWhile(number -> number < records);
        double written = LoadSettings.mebibytes(records) * 1e9 / (System.nanoTime() - began);
        progress.accept("written at %.1f MiB/s; now until it is folded and forgotten".formatted(written));
        long others = (long) (FORGETTING_GIB * (1 << 30)) / LoadSettings.RECORD_BYTES;
        other.produceWhile(number -> number < others);
        try (Segments segments = Segments.in(penstock.bucket())) {
            int count = awaitFolded(segments);
            Waits before =
                    PacedProducer.run(tail, PACED_PER_SECOND, paced -> paced < PACED_PER_SECOND * BEFORE.toSeconds());
            List<Round> measured = new ArrayList<>();
            boolean dropped = true;
            for (int round = 0; round < rounds; round++) {
                Beside raw = beside(
                        tail,
                        segments,
                        RawReader.class,
                        penstock.bucket(),
                        Long.toString(records * LoadSettings.RECORD_BYTES));
                Beside consumer = beside(
                        tail,
                        segments,
                        ConsumingReader.class,
                        penstock.bootstrapServers(),
                        other.topic(),
                        cold.topic());
                double all = LoadSettings.mebibytes(records + LoadSettings.PARTITIONS);
                if (Math.abs(consumer.read.mebibytes() - all) > 0.1) {
                    throw new IllegalStateException(
                            "of %.1f MiB the consumer read %.1f".formatted(all, consumer.read.mebibytes()));
                }
                dropped &= raw.dropped && consumer.dropped;
                measured.add(new Round(
                        raw.read.mib_per_second(),
                        raw.waits,
                        consumer.read.mib_per_second(),
                        consumer.waits,
                        Math.round(consumer.cpu.toMillis() / 10.0 / (consumer.read.mebibytes() / 1024)) / 100.0));
                progress.accept("raw GETs %.1f MiB/s, consumer %.1f MiB/s"
                        .formatted(raw.read.mib_per_second(), consumer.read.mib_per_second()));
            }
            return ColdReadReport.of(gib, Math.round(written * 10) / 10.0, count, dropped, before, measured);
        }
    }

    private int awaitFolded(Segments segments) throws InterruptedException {
        long began = System.nanoTime();
        Thread.sleep(FOLDED_AFTER);
        int before = -1;
        int now = segments.largestFirst().size();
        while (now != before && System.nanoTime() - began < LONGEST_FOLDING.toNanos()) {
            Thread.sleep(QUIET);
            before = now;
            now = segments.largestFirst().size();
        }
        return now;
    }

    private record Beside(Reader.Read read, Waits waits, Duration cpu, boolean dropped) {}

    /// Lets a process read, and produces single records meanwhile.
    private Beside beside(Producing tail, Segments segments, Class<?> main, String... arguments)
            throws IOException, InterruptedException, ExecutionException {
        try (Reader reader = Reader.start(main, arguments)) {
            boolean dropped = segments.dropFromMemory();
            AtomicBoolean reading = new AtomicBoolean(true);
            CompletableFuture<Waits> waits = new CompletableFuture<>();
            Thread producer = Thread.ofPlatform().name("bench-tail").start(() -> {
                try {
                    waits.complete(PacedProducer.run(tail, PACED_PER_SECOND, _ -> reading.get()));
                } catch (RuntimeException failure) {
                    waits.completeExceptionally(failure);
                }
            });
            try {
                Duration before = penstock.cpu();
                Reader.Read read = reader.read();
                Duration cpu = penstock.cpu().minus(before);
                reading.set(false);
                return new Beside(read, waits.get(), cpu, dropped);
            } finally {
                reading.set(false);
                producer.join();
            }
        }
    }
}
