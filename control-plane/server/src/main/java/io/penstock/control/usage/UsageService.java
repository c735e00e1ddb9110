// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.usage;

import io.penstock.api.MetricSeries;
import io.penstock.api.Prices;
import io.penstock.api.ProblemCode;
import io.penstock.api.Resource;
import io.penstock.api.UsageReport;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// Tells what was used, how it went, and what it cost.
@Service
public class UsageService {
    /// Everything that is counted.
    public static final Set<String> MEASURES = new TreeSet<>(Set.of(
            "store.put.requests",
            "store.put.bytes",
            "store.get.requests",
            "store.get.bytes",
            "store.head.requests",
            "store.list.requests",
            "store.delete.requests",
            "topic.received.bytes",
            "topic.received.records",
            "topic.sent.bytes",
            "topic.sent.records"));

    private static final String PRICES = "prices";
    private static final Duration LONGEST_HOURLY = Duration.ofDays(31);
    private static final int MOST_POINTS = 1500;

    private final JdbcClient jdbc;
    private final Documents documents;
    private final JsonMapper json;
    private final Clock clock;

    UsageService(JdbcClient jdbc, Documents documents, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.documents = documents;
        this.json = json;
        this.clock = clock;
    }

    /// How finely usage is told.
    public enum Granularity {
        TOTAL,
        HOUR,
        DAY
    }

    /// What usage is asked for.
    ///
    /// @param tenantId whose; empty: of one cluster
    /// @param clusterId which one's; empty: all of the tenant's
    /// @param perTopic whether topics are told as well
    public record Question(
            String tenantId,
            String clusterId,
            Optional<Instant> from,
            Optional<Instant> to,
            Granularity granularity,
            boolean perTopic) {}

    private record Cell(Optional<Instant> at, String clusterId) {}

    /// What was used from one time to another; both are rounded to full hours or days. A month up to now, if
    /// no time
    /// is given.
    @Transactional(readOnly = true)
    public UsageReport usage(Caller caller, Question question) {
        caller.require(Permission.USAGE_READ);
        var now = clock.instant();
        var to = question.to().orElse(now);
        var from = question.from().orElse(to.minus(Duration.ofDays(30)));
        if (!from.isBefore(to)) {
            throw ProblemException.of(ProblemCode.VALIDATION_FAILED, "from lies before to.");
        }
        boolean hourly = question.granularity() == Granularity.HOUR
                || (question.granularity() == Granularity.TOTAL
                        && Duration.between(from, now).compareTo(Duration.ofDays(30)) <= 0);
        if (question.granularity() == Granularity.HOUR
                && Duration.between(from, now).compareTo(LONGEST_HOURLY) > 0) {
            throw ProblemException.of(
                    ProblemCode.VALIDATION_FAILED, "Hours are kept for 31 days: ask for days, or for a later time.");
        }
        var begin = UsageMeter.begin(from, hourly ? 60 : 1440);
        Map<Cell, Map<String, Map<String, Long>>> cells = new TreeMap<>(
                java.util.Comparator.comparing((Cell cell) -> cell.at().orElse(Instant.EPOCH))
                        .thenComparing(Cell::clusterId));
        jdbc.sql("""
            select at, cluster_id, topic, measure, sum(value) from usage_series
            where minutes = :minutes and at >= :from and at < :to
              and (:tenant = '' or tenant_id = :tenant) and (:cluster = '' or cluster_id = :cluster)
            group by at, cluster_id, topic, measure\
            """)
                .param("minutes", hourly ? 15 : 1440)
                .param("from", begin.atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .param("tenant", question.tenantId())
                .param("cluster", question.clusterId())
                .query(row -> {
                    var at = row.getObject(1, OffsetDateTime.class).toInstant();
                    var cell = new Cell(
                            switch (question.granularity()) {
                                case TOTAL -> Optional.empty();
                                case HOUR -> Optional.of(UsageMeter.begin(at, 60));
                                case DAY -> Optional.of(UsageMeter.begin(at, 1440));
                            },
                            row.getString(2));
                    cells.computeIfAbsent(cell, _ -> new TreeMap<>())
                            .computeIfAbsent(row.getString(3), _ -> new TreeMap<>())
                            .merge(row.getString(4), row.getLong(5), Long::sum);
                });
        var prices = prices();
        var lines = new ArrayList<UsageReport.Line>();
        cells.forEach(
                (cell, quantities) -> lines.addAll(lines(cell, quantities, new CostPlan(prices), question.perTopic())));
        var total = lines.stream()
                .filter(line -> line.topic() == null)
                .map(UsageReport.Line::cost)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return new UsageReport(
                Resource.API_VERSION,
                "UsageReport",
                begin,
                to,
                question.granularity().name(),
                String.valueOf(prices.currency()),
                total,
                lines);
    }

    private static List<UsageReport.Line> lines(
            Cell cell, Map<String, Map<String, Long>> quantities, CostPlan plan, boolean perTopic) {
        Map<String, Long> all = new TreeMap<>();
        quantities.values().forEach(some -> some.forEach((measure, value) -> all.merge(measure, value, Long::sum)));
        var lines = new ArrayList<UsageReport.Line>();
        lines.add(line(cell, null, all, plan.of(all)));
        if (perTopic) {
            Map<String, Map<String, Long>> topics = new TreeMap<>(quantities);
            topics.remove("");
            plan.ofTopics(all, topics)
                    .forEach((topic, cost) -> lines.add(line(cell, topic, topics.getOrDefault(topic, Map.of()), cost)));
        }
        return lines;
    }

    private static UsageReport.Line line(
            Cell cell, @Nullable String topic, Map<String, Long> quantities, BigDecimal cost) {
        return new UsageReport.Line(cell.at().orElse(null), cell.clusterId(), topic, quantities, cost);
    }

    /// How a measure went, in as many steps as are asked for, each at least as long as what is kept of that
    /// time.
    ///
    /// @param step seconds; 0: as fine as fits a chart
    @Transactional(readOnly = true)
    public MetricSeries series(
            Caller caller,
            String clusterId,
            String name,
            String topic,
            Optional<Instant> from,
            Optional<Instant> to,
            long step) {
        caller.require(Permission.METRICS_READ);
        var now = clock.instant();
        var end = to.orElse(now);
        var begin = from.orElse(end.minus(Duration.ofHours(1)));
        if (!begin.isBefore(end)) {
            throw ProblemException.of(ProblemCode.VALIDATION_FAILED, "from lies before to.");
        }
        var age = Duration.between(begin, now);
        int minutes =
                age.compareTo(Duration.ofHours(24)) <= 0 ? 1 : age.compareTo(Duration.ofDays(30)) <= 0 ? 15 : 1440;
        long seconds = Math.max(minutes * 60L, step);
        seconds = Math.ceilDiv(seconds, minutes * 60L) * minutes * 60L;
        long span = Duration.between(begin, end).toSeconds();
        if (Math.ceilDiv(span, seconds) > MOST_POINTS) {
            seconds = Math.ceilDiv(Math.ceilDiv(span, MOST_POINTS), minutes * 60L) * minutes * 60L;
        }
        var first = UsageMeter.begin(begin, seconds / 60);
        Map<Instant, Long> values = new TreeMap<>();
        for (var at = first; at.isBefore(end); at = at.plusSeconds(seconds)) {
            values.put(at, 0L);
        }
        long length = seconds;
        jdbc.sql("""
            select at, sum(value) from usage_series
            where cluster_id = :cluster and minutes = :minutes and measure = :measure
              and (:topic = '' or topic = :topic) and at >= :from and at < :to group by at\
            """)
                .param("cluster", clusterId)
                .param("minutes", minutes)
                .param("measure", name)
                .param("topic", topic)
                .param("from", first.atOffset(ZoneOffset.UTC))
                .param("to", end.atOffset(ZoneOffset.UTC))
                .query(row -> {
                    values.merge(
                            UsageMeter.begin(
                                    row.getObject(1, OffsetDateTime.class).toInstant(), length / 60),
                            row.getLong(2),
                            Long::sum);
                });
        return new MetricSeries(
                Resource.API_VERSION,
                "MetricSeries",
                name,
                topic,
                length,
                values.entrySet().stream()
                        .map(point -> new MetricSeries.Point(
                                point.getKey(), point.getValue(), (double) point.getValue() / length))
                        .toList());
    }

    /// How much of a measure there was per second, whoever asks. To the minute; of the last day only.
    ///
    /// @param topic empty: of the whole cluster
    @Transactional(readOnly = true)
    public double perSecond(String clusterId, String name, String topic, Instant from, Instant to) {
        long sum = jdbc.sql("""
            select coalesce(sum(value), 0) from usage_series
            where cluster_id = :cluster and minutes = 1 and measure = :measure
              and (:topic = '' or topic = :topic) and at >= :from and at < :to\
            """)
                .param("cluster", clusterId)
                .param("measure", name)
                .param("topic", topic)
                .param("from", UsageMeter.begin(from, 1).atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
        return (double) sum / Math.max(1, Duration.between(from, to).toSeconds());
    }

    // ---- prices

    /// The prices in force, and their version.
    public record Known(Prices prices, long version) {}

    @Transactional(readOnly = true)
    public Known prices(Caller caller) {
        caller.require(Permission.ORGANIZATION_READ);
        return known();
    }

    @Transactional
    public Known price(Caller caller, OptionalLong expectedVersion, Prices wish) {
        caller.requireInOrganization(Permission.ORGANIZATION_MANAGE);
        var now = clock.instant();
        var before = documents.find("Prices", PRICES);
        long version = before.map(Document::version).orElse(0L);
        if (expectedVersion.isPresent() && expectedVersion.getAsLong() != version) {
            throw ProblemException.versionConflict(version);
        }
        var checked = checked(wish);
        var description = new Description(PRICES, Map.of(), true);
        if (before.isPresent()) {
            if (!documents.update(before.get().changed(description, json.valueToTree(checked), now))) {
                throw ProblemException.versionConflict(version);
            }
        } else {
            documents.insert(
                    new Document(
                            PRICES,
                            "Prices",
                            Optional.empty(),
                            Optional.empty(),
                            PRICES,
                            Map.of(),
                            true,
                            json.valueToTree(checked),
                            caller.id(),
                            now,
                            now,
                            1),
                    Optional.empty());
        }
        return known();
    }

    private static Prices checked(Prices wish) {
        var checks = new FieldChecks();
        var currency = checks.required("/currency", wish.currency());
        checks.that(currency.matches("[A-Z]{3}"), "/currency", "invalid_value", "three capital letters: USD");
        return new Prices(
                currency,
                amount("/put", wish.put(), checks),
                amount("/get", wish.get(), checks),
                amount("/list", wish.list(), checks),
                amount("/delete", wish.delete(), checks),
                amount("/written", wish.written(), checks),
                amount("/read", wish.read(), checks),
                amount("/received", wish.received(), checks),
                last("/sent", wish.sent(), checks));
    }

    private static BigDecimal last(String pointer, @Nullable BigDecimal amount, FieldChecks checks) {
        var checked = amount(pointer, amount, checks);
        checks.done();
        return checked;
    }

    private static BigDecimal amount(String pointer, @Nullable BigDecimal amount, FieldChecks checks) {
        var given = amount == null ? BigDecimal.ZERO : amount;
        boolean right = given.signum() >= 0
                && given.precision() <= 15
                && given.scale() >= -6
                && given.scale() <= 12
                && given.compareTo(BigDecimal.valueOf(1_000_000)) <= 0;
        checks.that(right, pointer, "out_of_range", "0 to 1,000,000 with at most twelve decimals");
        return right ? given : BigDecimal.ZERO;
    }

    private Prices prices() {
        return known().prices();
    }

    /// Until somebody edits them: the list prices of a large store in its own region, in US dollars.
    private Known known() {
        return documents
                .find("Prices", PRICES)
                .map(document -> new Known(json.treeToValue(document.spec(), Prices.class), document.version()))
                .orElseGet(() -> new Known(
                        new Prices(
                                "USD",
                                new BigDecimal("0.005"),
                                new BigDecimal("0.0004"),
                                new BigDecimal("0.005"),
                                BigDecimal.ZERO,
                                BigDecimal.ZERO,
                                BigDecimal.ZERO,
                                BigDecimal.ZERO,
                                BigDecimal.ZERO),
                        0));
    }
}
