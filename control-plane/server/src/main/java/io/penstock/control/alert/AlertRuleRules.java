// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import io.penstock.api.AlertRuleSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.usage.UsageService;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// When somebody wants to be told. A rule is of one cluster.
@Component
public final class AlertRuleRules implements DocumentRules<AlertRuleSpec> {
    static final String KIND = "AlertRule";
    static final String LAG_RECORDS = "group.lag.records";
    static final String LAG_SECONDS = "group.lag.seconds";
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Documents documents;
    private final AlertRows alerts;

    AlertRuleRules(Documents documents, AlertRows alerts) {
        this.documents = documents;
        this.alerts = alerts;
    }

    enum Comparison {
        ABOVE,
        BELOW;

        boolean holds(double value, double threshold) {
            return this == ABOVE ? value > threshold : value < threshold;
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public IdPrefix prefix() {
        return IdPrefix.ALERT_RULE;
    }

    @Override
    public Class<AlertRuleSpec> type() {
        return AlertRuleSpec.class;
    }

    @Override
    public Permission read() {
        return Permission.ALERT_READ;
    }

    @Override
    public Permission manage() {
        return Permission.ALERT_MANAGE;
    }

    @Override
    public boolean ofTenants() {
        return true;
    }

    @Override
    public AlertRuleSpec checked(
            Caller caller, Scope scope, Optional<AlertRuleSpec> before, AlertRuleSpec wish, FieldChecks checks) {
        var cluster = checks.required("/spec/cluster_id", wish.clusterId());
        checks.that(
                cluster.isEmpty() || scope.cluster().equals(Optional.of(cluster)),
                "/spec/cluster_id",
                "not_allowed",
                "a rule stays with its cluster");
        var metric = checks.required("/spec/metric", wish.metric());
        boolean lag = metric.equals(LAG_RECORDS) || metric.equals(LAG_SECONDS);
        checks.that(
                metric.isEmpty() || lag || UsageService.MEASURES.contains(metric),
                "/spec/metric",
                "unknown_value",
                "one of " + LAG_RECORDS + ", " + LAG_SECONDS + ", " + String.join(", ", UsageService.MEASURES));
        checks.that(
                !lag || wish.groupId() != null, "/spec/group_id", "required", "which consumer group's lag is meant");
        checks.that(lag || wish.groupId() == null, "/spec/group_id", "not_allowed", "only lag is of a group");
        checks.required("/spec/comparison", wish.comparison());
        var comparison = checks.oneOf("/spec/comparison", wish.comparison(), Comparison.class, Comparison.ABOVE);
        var threshold = wish.threshold();
        checks.that(threshold != null && Double.isFinite(threshold), "/spec/threshold", "required", "a number");
        var webhooks = wish.webhookIds() == null ? List.<String>of() : wish.webhookIds();
        for (int i = 0; i < webhooks.size(); i++) {
            var id = webhooks.get(i);
            checks.that(
                    id != null
                            && documents
                                    .find(WebhookRules.KIND, id)
                                    .filter(webhook -> webhook.tenantId().equals(scope.tenant()))
                                    .isPresent(),
                    "/spec/webhook_ids/" + i,
                    "not_found",
                    "the id of a webhook of this tenant");
        }
        checks.that(webhooks.size() <= 20, "/spec/webhook_ids", "too_many", "at most 20");
        return new AlertRuleSpec(
                cluster,
                metric,
                wish.topic(),
                wish.groupId(),
                comparison.name(),
                threshold,
                window(wish.window(), checks).toString(),
                webhooks);
    }

    private static Duration window(@org.jspecify.annotations.Nullable String text, FieldChecks checks) {
        try {
            var window = Duration.parse(Objects.requireNonNullElse(text, "PT5M"));
            if (window.compareTo(SHORTEST) >= 0 && window.compareTo(LONGEST) <= 0) {
                return window;
            }
        } catch (DateTimeException | ArithmeticException e) {
            checks.wrong("/spec/window", "invalid_value", "a duration such as PT5M");
            return SHORTEST;
        }
        checks.wrong("/spec/window", "out_of_range", "PT1M..PT24H");
        return SHORTEST;
    }

    /// What a rule raised ends with it.
    @Override
    public void deleting(Document document) {
        alerts.forget(document.id());
    }
}
