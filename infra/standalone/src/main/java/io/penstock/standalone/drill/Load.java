// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// An ordinary Kafka producer (idempotent, acks=all, its defaults otherwise) at a steady rate over all partitions of a
/// topic.
final class Load implements AutoCloseable {
    /// A frozen broker is given up after so long.
    static final int REQUEST_TIMEOUT_MILLIS = 3_000;

    /// Enough for what waits for a dead broker's shards until a control plane that is away comes back.
    private static final long BUFFER_BYTES = 160L << 20;
    /// Kafka's default.
    static final int USUAL_REQUEST_TIMEOUT_MILLIS = 30_000;

    private final String topic;
    private final long run;
    private final int recordBytes;
    private final int recordsPerSecond;
    private final List<PartitionLedger> ledgers = new ArrayList<>();
    private final List<AckClock> clocks = new ArrayList<>();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread sender;
    private final Queue<Integer> sooner = new ConcurrentLinkedQueue<>();
    private final Latencies latencies = new Latencies();
    private volatile boolean stopping;

    /// @param requestTimeoutMillis after which the client gives a request up and asks elsewhere
    Load(
            String bootstrapServers,
            String topic,
            int partitions,
            long run,
            int recordBytes,
            int recordsPerSecond,
            int requestTimeoutMillis) {
        this.topic = topic;
        this.run = run;
        this.recordBytes = recordBytes;
        this.recordsPerSecond = recordsPerSecond;
        for (int partition = 0; partition < partitions; partition++) {
            ledgers.add(new PartitionLedger());
            clocks.add(new AckClock());
        }
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A frozen broker or an absent control plane must not turn waiting into failure.
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 300_000);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 300_000);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        // A batch takes its size of the buffer, be it ever so empty: every partition must be able to have some.
        properties.put(
                ProducerConfig.BATCH_SIZE_CONFIG, Math.clamp(BUFFER_BYTES / 2 / partitions, 2 * recordBytes, 16 << 10));
        // A stopped process keeps its connections: only the client can give up waiting for it, by default after 30 s.
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeoutMillis);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.sender = new Thread(this::send, "drill-load");
    }

    void start() {
        long now = System.nanoTime();
        clocks.forEach(clock -> clock.started(now));
        sender.start();
    }

    /// Stops sending and waits until every record has its answer.
    void finish() throws InterruptedException {
        stopping = true;
        sender.join();
        producer.flush();
    }

    /// Sends one record to each partition, before the load begins.
    ///
    /// @return when the last of them was acknowledged
    Duration touchAll() {
        long began = System.nanoTime();
        for (int partition = 0; partition < ledgers.size(); partition++) {
            sendOne(partition);
        }
        producer.flush();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// The blow fell at `at` and was certain at `dead`, for these partitions. Each of them gets a record at once: its
    /// turn
    /// may be seconds away when there are many.
    void blow(Collection<Integer> partitions, long at, long dead) {
        for (int partition : partitions) {
            clocks.get(partition).blow(at, dead);
        }
        sooner.addAll(partitions);
    }

    List<PartitionLedger> ledgers() {
        return ledgers;
    }

    AckClock clock(int partition) {
        return clocks.get(partition);
    }

    long acknowledged() {
        return ledgers.stream().mapToLong(PartitionLedger::acknowledged).sum();
    }

    long sent() {
        return ledgers.stream().mapToLong(PartitionLedger::sent).sum();
    }

    long longestGapNanos() {
        return clocks.stream().mapToLong(AckClock::longestGapNanos).max().orElse(0);
    }

    /// How long records took that were acknowledged since the last call.
    Latencies.Summary latencies() {
        return latencies.take();
    }

    /// A number that the producer keeps of itself, over all brokers; 0 if it has none.
    long metric(String name) {
        return producer.metrics().entrySet().stream()
                .filter(entry -> entry.getKey().group().equals("producer-metrics")
                        && entry.getKey().name().equals(name))
                .mapToLong(entry -> entry.getValue().metricValue() instanceof Double value && Double.isFinite(value)
                        ? Math.round(value)
                        : 0)
                .max()
                .orElse(0);
    }

    /// What the producer's callbacks were told, and how often.
    Map<String, AtomicLong> errors() {
        return errors;
    }

    @Override
    public void close() {
        stopping = true;
        producer.close(Duration.ofSeconds(5));
    }

    private void send() {
        long started = System.nanoTime();
        long interval = TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
        for (long n = 0; !stopping; n++) {
            long due = started + n * interval;
            for (long now = System.nanoTime(); now < due && !stopping; now = System.nanoTime()) {
                LockSupport.parkNanos(Math.max(due - now, 100_000));
            }
            for (Integer hurt = sooner.poll(); hurt != null; hurt = sooner.poll()) {
                sendOne(hurt);
            }
            sendOne((int) (n % ledgers.size()));
        }
    }

    private void sendOne(int partition) {
        PartitionLedger ledger = ledgers.get(partition);
        AckClock clock = clocks.get(partition);
        int record = ledger.sending();
        long sentAt = System.nanoTime();
        try {
            producer.send(
                    new ProducerRecord<>(topic, partition, null, Payload.of(run, partition, record, recordBytes)),
                    (metadata, failure) -> {
                        if (failure == null) {
                            long now = System.nanoTime();
                            clock.acknowledged(sentAt, now);
                            latencies.add(now - sentAt);
                            ledger.acknowledged(record, metadata.offset());
                        } else {
                            failed(ledger, record, failure);
                        }
                    });
        } catch (org.apache.kafka.common.KafkaException failure) {
            failed(ledger, record, failure);
        }
    }

    private void failed(PartitionLedger ledger, int record, Exception failure) {
        ledger.failed(record);
        errors.computeIfAbsent(failure.getClass().getSimpleName(), name -> new AtomicLong())
                .incrementAndGet();
    }
}
