// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.NewRecords;
import io.penstock.api.RecordPage;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.TopicGroup;
import io.penstock.api.TopicProducer;
import io.penstock.api.TopicRecord;
import io.penstock.api.Truncation;
import io.penstock.control.access.Caller;
import io.penstock.control.kafka.GroupService;
import io.penstock.control.kafka.RecordService;
import io.penstock.control.kafka.ScanStart;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Page;
import io.penstock.control.topic.TopicService;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What is in a topic, who writes it and who reads it.
@RestController
@RequestMapping("/v1/clusters/{cluster}/topics/{topic}")
class RecordController {
    private static final String[] PARAMETERS = {
        "partition", "from", "limit", "filter", "key", "header", "max_scan", "isolation", "page_token"
    };
    private static final int MOST_SHOWN_BYTES = 64 << 10;
    private static final int MOST_WRITTEN = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RecordService records;
    private final GroupService groups;
    private final TopicService topics;
    private final Lists lists;

    RecordController(RecordService records, GroupService groups, TopicService topics, Lists lists) {
        this.records = records;
        this.groups = groups;
        this.topics = topics;
        this.lists = lists;
    }

    @GetMapping("/records")
    RecordPage look(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            HttpServletRequest request) {
        lists.known(request, PARAMETERS);
        int limit = (int) Lists.number(request, "limit", 1, 500, 50);
        var partition = request.getParameter("partition") == null
                ? OptionalInt.empty()
                : OptionalInt.of((int) Lists.number(request, "partition", 0, Integer.MAX_VALUE, 0));
        var isolation = Lists.filter(request, "isolation");
        if (!List.of("", "read_committed", "read_uncommitted").contains(isolation)) {
            throw Lists.parameter("isolation", "unknown_value", "read_committed or read_uncommitted");
        }
        var after = lists.after(request);
        var found = records.look(
                caller,
                cluster,
                topic,
                new RecordService.Look(
                        partition,
                        after.isEmpty() ? start(Lists.filter(request, "from")) : continued(after),
                        limit,
                        Lists.number(request, "max_scan", 1, 100_000, 10_000),
                        PATIENCE,
                        !isolation.equals("read_uncommitted"),
                        matching(request)));
        var next = found.next().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(","));
        var page = lists.of(
                "Record", request, new Page<>(found.records(), Optional.of(next)), RecordController::view, () ->
                        (long) found.records().size());
        return new RecordPage(
                Resource.API_VERSION,
                "RecordList",
                page.metadata(),
                new RecordPage.Scan(
                        found.scanned(),
                        found.bytes(),
                        found.records().size(),
                        found.atEnd(),
                        found.stopped().name(),
                        found.ranges()),
                page.data());
    }

    private static ScanStart start(String from) {
        var parts = from.split(":", 2);
        try {
            return switch (parts[0]) {
                case "", "earliest" -> new ScanStart.Earliest();
                case "latest" -> new ScanStart.Latest();
                case "offset" -> new ScanStart.Offset(Long.parseLong(parts[1]));
                case "timestamp" -> new ScanStart.Time(time(parts[1]));
                default -> throw badStart();
            };
        } catch (NumberFormatException
                | DateTimeParseException
                | ArrayIndexOutOfBoundsException
                | ArithmeticException e) {
            throw badStart();
        }
    }

    /// RFC 3339, or milliseconds since 1970.
    private static Instant time(String text) {
        var time = text.matches("\\d{1,15}") ? Instant.ofEpochMilli(Long.parseLong(text)) : Instant.parse(text);
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    private static RuntimeException badStart() {
        return Lists.parameter(
                "from", "invalid_value", "earliest, latest, offset:123 or timestamp:2026-01-31T12:00:00Z");
    }

    private static ScanStart continued(String after) {
        var offsets = new HashMap<Integer, Long>();
        for (var part : after.split(",")) {
            var at = part.indexOf(':');
            offsets.put(Integer.parseInt(part.substring(0, at)), Long.parseLong(part.substring(at + 1)));
        }
        return new ScanStart.Continued(offsets);
    }

    private static Predicate<ConsumerRecord<byte[], byte[]>> matching(HttpServletRequest request) {
        var filter = Lists.filter(request, "filter").toLowerCase(Locale.ROOT);
        var header = Lists.filter(request, "header");
        var key = request.getParameter("key");
        Predicate<ConsumerRecord<byte[], byte[]>> matches = _ -> true;
        if (!filter.isEmpty()) {
            matches = matches.and(record -> contains(record.key(), filter)
                    || contains(record.value(), filter)
                    || headers(record).stream()
                            .anyMatch(one -> one.key().toLowerCase(Locale.ROOT).contains(filter)
                                    || contains(one.value(), filter)));
        }
        if (key != null) {
            var bytes = key.getBytes(StandardCharsets.UTF_8);
            matches = matches.and(record -> Arrays.equals(record.key(), bytes));
        }
        if (!header.isEmpty()) {
            var parts = header.split(":", 2);
            matches = matches.and(record -> headers(record).stream()
                    .anyMatch(one -> one.key().equals(parts[0])
                            && (parts.length == 1
                                    || (one.value() != null
                                            && parts[1].equals(new String(one.value(), StandardCharsets.UTF_8))))));
        }
        return matches;
    }

    private static List<Header> headers(ConsumerRecord<byte[], byte[]> record) {
        return List.of(record.headers().toArray());
    }

    private static boolean contains(byte @Nullable [] bytes, String text) {
        return bytes != null
                && new String(bytes, StandardCharsets.UTF_8)
                        .toLowerCase(Locale.ROOT)
                        .contains(text);
    }

    private static TopicRecord view(ConsumerRecord<byte[], byte[]> record) {
        return new TopicRecord(
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                record.timestampType().name(),
                data(record.key()),
                data(record.value()),
                headers(record).stream()
                        .map(header -> new TopicRecord.Header(header.key(), data(header.value())))
                        .toList(),
                Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()));
    }

    private static TopicRecord.@Nullable Data data(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        boolean truncated = bytes.length > MOST_SHOWN_BYTES;
        var shown = truncated ? Arrays.copyOf(bytes, MOST_SHOWN_BYTES) : bytes;
        try {
            // A character that was cut in two makes it no text: then it is shown as bytes, which is always right.
            return new TopicRecord.Data(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(shown))
                            .toString(),
                    "UTF8",
                    truncated);
        } catch (CharacterCodingException e) {
            return new TopicRecord.Data(Base64.getEncoder().encodeToString(shown), "BASE64", truncated);
        }
    }

    @PostMapping("/records")
    NewRecords.Written write(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestBody NewRecords request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        var given = request.records() == null ? List.<NewRecords.NewRecord>of() : request.records();
        checks.that(!given.isEmpty(), "/records", "required", "at least one record");
        checks.that(given.size() <= MOST_WRITTEN, "/records", "too_many", "at most " + MOST_WRITTEN + " at once");
        var wishes = new ArrayList<RecordService.Wish>();
        for (int i = 0; i < given.size(); i++) {
            wishes.add(wish(given.get(i), "/records/" + i, checks));
        }
        checks.done();
        return new NewRecords.Written(
                Resource.API_VERSION, "RecordsWritten", dryRun, records.write(caller, cluster, topic, wishes, dryRun));
    }

    private static RecordService.Wish wish(NewRecords.@Nullable NewRecord record, String at, FieldChecks checks) {
        if (record == null) {
            checks.wrong(at, "required", "a record");
            return new RecordService.Wish(Optional.empty(), null, null, List.of(), Optional.empty());
        }
        var headers = new ArrayList<Header>();
        var given = record.headers() == null ? List.<NewRecords.NewHeader>of() : record.headers();
        for (int i = 0; i < given.size(); i++) {
            var header = given.get(i);
            var name = header == null ? null : header.key();
            checks.that(name != null, at + "/headers/" + i + "/key", "required", "this field is needed");
            headers.add(new RecordHeader(
                    name == null ? "" : name,
                    header == null ? null : bytes(header.value(), at + "/headers/" + i + "/value", checks)));
        }
        var timestamp = Optional.ofNullable(record.timestamp());
        checks.that(
                timestamp.isEmpty()
                        || (timestamp.get().isAfter(Instant.EPOCH)
                                && timestamp.get().getEpochSecond() < 253_402_300_800L),
                at + "/timestamp",
                "out_of_range",
                "1970 to 9999");
        return new RecordService.Wish(
                Optional.ofNullable(record.partition()),
                bytes(record.key(), at + "/key", checks),
                bytes(record.value(), at + "/value", checks),
                headers,
                timestamp);
    }

    private enum Encoding {
        UTF8,
        BASE64
    }

    private static byte @Nullable [] bytes(NewRecords.@Nullable Text text, String at, FieldChecks checks) {
        if (text == null) {
            return null;
        }
        var data = text.data() == null ? "" : text.data();
        var encoding = checks.oneOf(at + "/encoding", text.encoding(), Encoding.class, Encoding.UTF8);
        try {
            return switch (encoding) {
                case UTF8 -> data.getBytes(StandardCharsets.UTF_8);
                case BASE64 -> Base64.getDecoder().decode(data);
            };
        } catch (IllegalArgumentException e) {
            checks.wrong(at + "/data", "invalid_value", "this is not base64");
            return null;
        }
    }

    @PostMapping("/truncations")
    Truncation.Outcome truncate(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestBody Truncation request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        var before = new HashMap<Integer, Long>();
        var given = request.partitions() == null ? List.<Truncation.Before>of() : request.partitions();
        checks.that(
                request.partitions() == null || !given.isEmpty(),
                "/partitions",
                "required",
                "at least one; leave the field out to remove all records of all partitions");
        for (int i = 0; i < given.size(); i++) {
            var partition = given.get(i) == null ? null : given.get(i).partition();
            var offset = given.get(i) == null ? null : given.get(i).offset();
            checks.that(partition != null, "/partitions/" + i + "/partition", "required", "the number of a partition");
            checks.that(offset == null || offset >= 0, "/partitions/" + i + "/offset", "out_of_range", "0 or more");
            before.put(partition == null ? -1 : partition, offset == null ? -1L : offset);
        }
        checks.done();
        return new Truncation.Outcome(
                Resource.API_VERSION, "Truncation", dryRun, records.truncate(caller, cluster, topic, before, dryRun));
    }

    @GetMapping("/producers")
    ResourceList<TopicProducer> producers(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            HttpServletRequest request) {
        var asked = lists.request(request);
        var all = new ArrayList<TopicProducer>();
        records.producers(caller, cluster, topic)
                .forEach((partition, state) -> state.activeProducers()
                        .forEach(producer -> all.add(new TopicProducer(
                                partition,
                                producer.producerId(),
                                producer.producerEpoch(),
                                producer.lastSequence(),
                                Instant.ofEpochMilli(producer.lastTimestamp()),
                                producer.currentTransactionStartOffset().isPresent()
                                        ? producer.currentTransactionStartOffset()
                                                .getAsLong()
                                        : null))));
        var page = all.stream()
                .sorted(Comparator.comparing(RecordController::place))
                .filter(producer -> place(producer).compareTo(asked.after()) > 0)
                .limit(asked.size() + 1L)
                .toList();
        return lists.of(
                "TopicProducer",
                request,
                Page.cut(page, asked.size(), RecordController::place),
                producer -> producer,
                () -> (long) all.size());
    }

    private static String place(TopicProducer producer) {
        return "%010d.%020d".formatted(producer.partition(), producer.producerId());
    }

    @GetMapping("/consumer-groups")
    ResourceList<TopicGroup> consumerGroups(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            HttpServletRequest request) {
        lists.known(request, "page_size", "page_token");
        var asked = lists.request(request);
        int partitions = topics.find(caller, cluster, topic).partitions();
        return lists.of(
                "TopicConsumerGroup",
                request,
                groups.ofTopic(caller, cluster, topic, partitions, asked),
                group -> group,
                () -> 0L);
    }
}
