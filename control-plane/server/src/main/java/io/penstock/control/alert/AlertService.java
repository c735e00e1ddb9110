// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import io.penstock.api.Alert;
import io.penstock.api.AlertRuleSpec;
import io.penstock.api.Resource;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.alert.AlertRuleRules.Comparison;
import io.penstock.control.document.DocumentService;
import io.penstock.control.kafka.GroupService;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.Page;
import io.penstock.control.usage.UsageService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/// Looks at what rules speak of, raises alerts and ends them.
@Service
public class AlertService {
    private static final Logger log = LoggerFactory.getLogger(AlertService.class);
    private static final Duration KEPT = Duration.ofDays(30);

    private final Documents documents;
    private final DocumentService service;
    private final AlertRuleRules rules;
    private final AlertRows rows;
    private final UsageService usage;
    private final GroupService groups;
    private final TransactionTemplate transactions;
    private final JsonMapper json;
    private final IdGenerator ids;
    private final Clock clock;

    AlertService(
            Documents documents,
            DocumentService service,
            AlertRuleRules rules,
            AlertRows rows,
            UsageService usage,
            GroupService groups,
            TransactionTemplate transactions,
            JsonMapper json,
            IdGenerator ids,
            Clock clock) {
        this.documents = documents;
        this.service = service;
        this.rules = rules;
        this.rows = rows;
        this.usage = usage;
        this.groups = groups;
        this.transactions = transactions;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /// @param state FIRING, RESOLVED or empty for both
    public Page<Alert> list(Caller caller, String state, String tenantId, Page.Request request) {
        return rows.page(caller.reach(Permission.ALERT_READ), state, tenantId, request);
    }

    public long count(Caller caller, String state, String tenantId) {
        return rows.count(caller.reach(Permission.ALERT_READ), state, tenantId);
    }

    /// One look at everything that is watched.
    @Scheduled(fixedDelayString = "${penstock.alerts.interval:PT30S}", initialDelayString = "PT15S")
    void look() {
        for (var rule : documents.all(AlertRuleRules.KIND)) {
            try {
                var spec = service.spec(rules, rule);
                value(spec).ifPresent(value -> judge(rule, spec, value));
            } catch (ProblemException | DataAccessException e) {
                // What cannot be looked at now neither raises nor ends anything.
                log.debug("event=rule_not_looked_at rule={} cause={}", rule.id(), e.toString());
            }
        }
    }

    private OptionalDouble value(AlertRuleSpec spec) {
        var cluster = Objects.requireNonNull(spec.clusterId());
        var metric = Objects.requireNonNull(spec.metric());
        var group = spec.groupId();
        if (group != null) {
            var lag = groups.lag(Caller.SYSTEM, cluster, group);
            var seconds = lag.lagSeconds();
            if (metric.equals(AlertRuleRules.LAG_RECORDS)) {
                return OptionalDouble.of((double) lag.lagRecords());
            }
            return seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds);
        }
        var now = clock.instant();
        var window = Duration.parse(Objects.requireNonNull(spec.window()));
        return OptionalDouble.of(
                usage.perSecond(cluster, metric, Objects.requireNonNullElse(spec.topic(), ""), now.minus(window), now));
    }

    private void judge(Document rule, AlertRuleSpec spec, double value) {
        boolean holds = Comparison.valueOf(Objects.requireNonNull(spec.comparison()))
                .holds(value, Objects.requireNonNull(spec.threshold()));
        transactions.executeWithoutResult(_ -> {
            var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            var goingOn = rows.goingOn(rule.id());
            if (holds && goingOn.isEmpty()) {
                var alert = new Alert(
                        Resource.API_VERSION,
                        "Alert",
                        ids.next(IdPrefix.ALERT),
                        rule.id(),
                        rule.tenantId().orElseThrow(),
                        rule.clusterId().orElseThrow(),
                        "FIRING",
                        value,
                        now,
                        null);
                rows.insert(alert);
                tell(rule, spec, "alert.firing", alert, value, now);
            } else if (!holds && goingOn.isPresent()) {
                rows.end(goingOn.get().id(), now);
                tell(rule, spec, "alert.resolved", goingOn.get(), value, now);
            }
        });
    }

    private void tell(Document rule, AlertRuleSpec spec, String type, Alert alert, double value, Instant at) {
        var eventId = ids.next(IdPrefix.EVENT);
        var body = json.writeValueAsString(Map.of(
                "specversion",
                "1.0",
                "id",
                eventId,
                "type",
                type,
                "source",
                "/v1/alert-rules/" + rule.id(),
                "subject",
                alert.id(),
                "time",
                at,
                "datacontenttype",
                "application/json",
                "data",
                Map.of("rule", rule.name(), "cluster_id", alert.clusterId(), "spec", spec, "value", value)));
        Optional.ofNullable(spec.webhookIds()).stream()
                .flatMap(ids -> ids.stream())
                .forEach(webhook -> rows.deliver(webhook, eventId, body, at));
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT11M")
    void forgetOldOnes() {
        rows.forgetEndedBefore(clock.instant().minus(KEPT));
    }
}
