// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import io.penstock.api.NewRecords.Place;
import io.penstock.api.RecordPage.Range;
import io.penstock.api.Truncation.Start;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.topic.TopicService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.springframework.stereotype.Service;

/// What is in topics: looks at records, writes some, removes them from the front.
@Service
public class RecordService {
    private static final Duration ONE_LOOK = Duration.ofMillis(300);

    private final TopicService topics;
    private final BrokerClients brokers;
    private final Clock clock;

    RecordService(TopicService topics, BrokerClients brokers, Clock clock) {
        this.topics = topics;
        this.brokers = brokers;
        this.clock = clock;
    }

    /// What is looked for. Never more than is asked for is read, so that a look costs what its caller allows.
    ///
    /// @param partition the only one; empty: all
    /// @param limit how many that match are enough
    /// @param mostRecords how many are looked at at most
    /// @param patience how long at most
    /// @param committedOnly whether records of open and aborted transactions are left out
    public record Look(
            OptionalInt partition,
            ScanStart start,
            int limit,
            long mostRecords,
            Duration patience,
            boolean committedOnly,
            Predicate<ConsumerRecord<byte[], byte[]>> matches) {}

    /// Why a look ended.
    public enum Stopped {
        LIMIT,
        END,
        MAX_SCAN,
        TIME
    }

    /// What was found by looking at what.
    public record Found(
            List<ConsumerRecord<byte[], byte[]>> records,
            long scanned,
            long bytes,
            Stopped stopped,
            List<Range> ranges) {
        /// Where the next look goes on.
        public Map<Integer, Long> next() {
            return ranges.stream().collect(Collectors.toMap(Range::partition, Range::nextOffset));
        }

        public boolean atEnd() {
            return ranges.stream().allMatch(range -> range.nextOffset() >= range.endOffset());
        }
    }

    /// Looks at records without a consumer group; commits nothing.
    public Found look(Caller caller, String clusterId, String topic, Look look) {
        caller.require(Permission.RECORD_READ);
        int count = topics.find(caller, clusterId, topic).partitions();
        if (look.partition().isPresent() && look.partition().getAsInt() >= count) {
            throw ProblemException.field("?partition", "out_of_range", "0.." + (count - 1));
        }
        var partitions = new ArrayList<TopicPartition>();
        for (int number = 0; number < count; number++) {
            if (look.partition().isEmpty() || look.partition().getAsInt() == number) {
                partitions.add(new TopicPartition(topic, number));
            }
        }
        try (var consumer = brokers.consumer(clusterId, look.committedOnly())) {
            return scanned(consumer, partitions, look);
        } catch (KafkaException e) {
            throw KafkaAnswers.problem(e);
        }
    }

    private Found scanned(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Look look) {
        consumer.assign(partitions);
        var earliest = consumer.beginningOffsets(partitions);
        var ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> starts = starts(consumer, partitions, look, earliest, ends);
        Map<TopicPartition, Long> next = new HashMap<>(starts);
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long scanned = 0;
        long bytes = 0;
        starts.forEach(consumer::seek);
        long until = clock.millis() + look.patience().toMillis();
        boolean all = look.start() instanceof ScanStart.Latest;
        Stopped stopped = null;
        while (stopped == null) {
            var open = partitions.stream()
                    .filter(partition -> next.getOrDefault(partition, 0L) < ends.getOrDefault(partition, 0L))
                    .toList();
            if (open.isEmpty()) {
                stopped = Stopped.END;
            } else if (clock.millis() >= until) {
                stopped = Stopped.TIME;
            } else {
                consumer.pause(partitions.stream()
                        .filter(partition -> !open.contains(partition))
                        .toList());
                var polled = consumer.poll(ONE_LOOK);
                // Behind control records and what was compacted away there is nothing to be polled: the position tells.
                records:
                for (var partition : polled.partitions()) {
                    for (var record : polled.records(partition)) {
                        if (record.offset() >= ends.getOrDefault(partition, 0L)) {
                            break;
                        }
                        if (!all && found.size() >= look.limit()) {
                            stopped = Stopped.LIMIT;
                            break records;
                        }
                        if (scanned >= look.mostRecords()) {
                            stopped = Stopped.MAX_SCAN;
                            break records;
                        }
                        scanned++;
                        bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
                        next.put(partition, record.offset() + 1);
                        if (look.matches().test(record)) {
                            found.add(record);
                        }
                    }
                    if (stopped == null) {
                        next.merge(partition, consumer.position(partition), Math::max);
                    }
                }
                if (stopped == null) {
                    open.forEach(partition -> next.merge(partition, consumer.position(partition), Math::max));
                }
            }
        }
        var ranges = partitions.stream()
                .map(partition -> new Range(
                        partition.partition(),
                        starts.getOrDefault(partition, 0L),
                        next.getOrDefault(partition, 0L),
                        ends.getOrDefault(partition, 0L)))
                .toList();
        return new Found(all ? newest(found, look.limit()) : found, scanned, bytes, stopped, ranges);
    }

    /// Each partition was read far enough back for all of the newest to lie in it.
    private static List<ConsumerRecord<byte[], byte[]>> newest(List<ConsumerRecord<byte[], byte[]>> found, int limit) {
        var sorted = found.stream()
                .sorted(Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
                        .thenComparingInt(ConsumerRecord::partition)
                        .thenComparingLong(ConsumerRecord::offset))
                .toList();
        return sorted.subList(Math.max(0, sorted.size() - limit), sorted.size());
    }

    private static Map<TopicPartition, Long> starts(
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Look look,
            Map<TopicPartition, Long> earliest,
            Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> ofTime = new HashMap<>();
        if (look.start() instanceof ScanStart.Time(Instant at)) {
            consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(p -> p, _ -> at.toEpochMilli())))
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            ofTime.put(partition, offset.offset());
                        }
                    });
        }
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (var partition : partitions) {
            long first = earliest.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            long wanted = switch (look.start()) {
                case ScanStart.Earliest() -> first;
                case ScanStart.Latest() -> end - look.limit();
                case ScanStart.Offset(long offset) -> offset;
                case ScanStart.Time _ -> ofTime.getOrDefault(partition, end);
                case ScanStart.Continued(Map<Integer, Long> offsets) ->
                    offsets.getOrDefault(partition.partition(), first);
            };
            starts.put(partition, Math.clamp(wanted, first, Math.max(first, end)));
        }
        return starts;
    }

    /// A record to be written.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Wish(
            Optional<Integer> partition,
            byte @org.jspecify.annotations.Nullable [] key,
            byte @org.jspecify.annotations.Nullable [] value,
            List<Header> headers,
            Optional<Instant> timestamp) {}

    /// Writes records, in their order; answers when all are acknowledged.
    public List<Place> write(Caller caller, String clusterId, String topic, List<Wish> wishes, boolean dryRun) {
        caller.require(Permission.RECORD_WRITE);
        var view = topics.find(caller, clusterId, topic);
        for (int i = 0; i < wishes.size(); i++) {
            var partition = wishes.get(i).partition();
            if (partition.isPresent() && (partition.get() < 0 || partition.get() >= view.partitions())) {
                throw ProblemException.field(
                        "/records/" + i + "/partition", "out_of_range", "0.." + (view.partitions() - 1));
            }
        }
        if (view.internal()) {
            throw ProblemException.field("?topic", "not_allowed", "this topic is written by the cluster itself");
        }
        if (dryRun) {
            return wishes.stream()
                    .map(wish -> new Place(
                            wish.partition().orElse(-1), -1, wish.timestamp().orElseGet(clock::instant)))
                    .toList();
        }
        var producer = brokers.producer(clusterId);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            for (var wish : wishes) {
                sent.add(producer.send(new ProducerRecord<>(
                        topic,
                        wish.partition().orElse(null),
                        wish.timestamp().map(Instant::toEpochMilli).orElseGet(clock::millis),
                        wish.key(),
                        wish.value(),
                        wish.headers())));
            }
        } catch (KafkaException e) {
            throw KafkaAnswers.problem(e);
        }
        return sent.stream()
                .map(KafkaAnswers::of)
                .map(place -> new Place(place.partition(), place.offset(), Instant.ofEpochMilli(place.timestamp())))
                .toList();
    }

    /// Removes what lies before an offset, for good.
    ///
    /// @param before partition → the first offset that stays; -1: none stays; empty: none of any partition
    public List<Start> truncate(
            Caller caller, String clusterId, String topic, Map<Integer, Long> before, boolean dryRun) {
        caller.require(Permission.TOPIC_MANAGE);
        int count = topics.find(caller, clusterId, topic).partitions();
        Map<TopicPartition, Long> wanted = new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
        for (int number = 0; number < count; number++) {
            if (before.isEmpty() || before.containsKey(number)) {
                wanted.put(new TopicPartition(topic, number), before.getOrDefault(number, -1L));
            }
        }
        before.keySet().stream()
                .filter(number -> number < 0 || number >= count)
                .findFirst()
                .ifPresent(number -> {
                    throw ProblemException.field("/partitions", "out_of_range", "0.." + (count - 1));
                });
        var admin = brokers.admin(clusterId);
        if (dryRun) {
            var ends = KafkaAnswers.of(admin.listOffsets(
                            wanted.keySet().stream().collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest())))
                    .all());
            return wanted.entrySet().stream()
                    .map(entry -> new Start(
                            entry.getKey().partition(),
                            entry.getValue() < 0
                                    ? Objects.requireNonNull(ends.get(entry.getKey()))
                                            .offset()
                                    : entry.getValue()))
                    .toList();
        }
        var answers = admin.deleteRecords(wanted.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> RecordsToDelete.beforeOffset(entry.getValue()))))
                .lowWatermarks();
        return wanted.keySet().stream()
                .map(partition -> new Start(
                        partition.partition(),
                        KafkaAnswers.of(Objects.requireNonNull(answers.get(partition)))
                                .lowWatermark()))
                .toList();
    }

    /// Who has written to a topic lately, as the leaders of its partitions know it.
    public Map<Integer, PartitionProducerState> producers(Caller caller, String clusterId, String topic) {
        caller.require(Permission.TOPIC_READ);
        int count = topics.find(caller, clusterId, topic).partitions();
        var partitions = new ArrayList<TopicPartition>();
        for (int number = 0; number < count; number++) {
            partitions.add(new TopicPartition(topic, number));
        }
        var states = new TreeMap<Integer, PartitionProducerState>();
        KafkaAnswers.of(brokers.admin(clusterId).describeProducers(partitions).all())
                .forEach((partition, state) -> states.put(partition.partition(), state));
        return states;
    }
}
