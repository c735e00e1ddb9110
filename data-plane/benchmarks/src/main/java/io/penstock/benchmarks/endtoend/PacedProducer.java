// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;

/// Sends single records at a pace that no answer holds back, and times each from the moment it was due: a service that
/// pauses does not hide the records that had to wait meanwhile.
public final class PacedProducer {
    private PacedProducer() {}

    /// How long records waited for their acknowledgement.
    ///
    /// @param records how many there were
    /// @param failed of them were refused; they count with the time that took
    public record Waits(int records, long failed, double p50_ms, double p99_ms) {
        static Waits of(long[] nanos, long failed) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted.length == 0
                    ? new Waits(0, failed, 0, 0)
                    : new Waits(
                            sorted.length,
                            failed,
                            millis(sorted[sorted.length / 2]),
                            millis(sorted[sorted.length * 99 / 100]));
        }

        private static double millis(long nanos) {
            return Math.round(nanos / 1e4) / 100.0;
        }
    }

    /// Blocks until all are answered.
    ///
    /// @param goOn asked before each record, with its number
    public static Waits run(Producing producing, int perSecond, LongPredicate goOn) {
        AtomicLong failed = new AtomicLong();
        LongStream.Builder waits = LongStream.builder();
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        try (KafkaProducer<byte[], byte[]> producer = producing.producer()) {
            producer.partitionsFor(producing.topic());
            long began = System.nanoTime();
            for (long number = 0; goOn.test(number); number++) {
                long due = began + number * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                producer.send(producing.record(number), (_, failure) -> {
                    // The producer's one thread.
                    waits.add(System.nanoTime() - due);
                    if (failure != null) {
                        failed.incrementAndGet();
                    }
                });
            }
            producer.flush();
        }
        return Waits.of(waits.build().toArray(), failed.get());
    }
}
