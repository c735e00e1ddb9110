// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.MetricSeries;
import io.penstock.api.Prices;
import io.penstock.api.UsageReport;
import io.penstock.control.access.Caller;
import io.penstock.control.tenant.TenantService;
import io.penstock.control.usage.UsageService;
import io.penstock.control.usage.UsageService.Granularity;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What was used, how it went, and what it cost.
@RestController
class UsageController {
    private final UsageService usage;
    private final TenantService tenants;
    private final Lists lists;
    private final DryRuns dryRuns;

    UsageController(UsageService usage, TenantService tenants, Lists lists, DryRuns dryRuns) {
        this.usage = usage;
        this.tenants = tenants;
        this.lists = lists;
        this.dryRuns = dryRuns;
    }

    @GetMapping("/v1/tenants/{tenant}/usage")
    UsageReport ofTenant(
            @AuthenticationPrincipal Caller caller, @PathVariable String tenant, HttpServletRequest request) {
        lists.known(request, "from", "to", "granularity", "per_topic");
        return usage.usage(caller, question(tenants.find(caller, tenant).id(), "", request));
    }

    @GetMapping("/v1/clusters/{cluster}/usage")
    UsageReport ofCluster(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        lists.known(request, "from", "to", "granularity", "per_topic");
        return usage.usage(caller, question("", cluster, request));
    }

    private static UsageService.Question question(String tenant, String cluster, HttpServletRequest request) {
        var granularity = Lists.filter(request, "granularity");
        return new UsageService.Question(
                tenant,
                cluster,
                Lists.time(request, "from"),
                Lists.time(request, "to"),
                Arrays.stream(Granularity.values())
                        .filter(known -> known.name().equals(granularity.isEmpty() ? "TOTAL" : granularity))
                        .findFirst()
                        .orElseThrow(() -> Lists.parameter("granularity", "unknown_value", "TOTAL, HOUR or DAY")),
                Boolean.parseBoolean(Lists.filter(request, "per_topic")));
    }

    @GetMapping("/v1/clusters/{cluster}/metric-series")
    MetricSeries series(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        lists.known(request, "name", "topic", "from", "to", "step");
        var name = Lists.filter(request, "name");
        if (name.isEmpty()) {
            throw Lists.parameter("name", "required", "a measure, such as topic.received.bytes");
        }
        return usage.series(
                caller,
                cluster,
                name,
                Lists.filter(request, "topic"),
                Lists.time(request, "from"),
                Lists.time(request, "to"),
                Lists.number(request, "step", 0, 31 * 86_400L, 0));
    }

    @GetMapping("/v1/prices")
    ResponseEntity<Prices> prices(@AuthenticationPrincipal Caller caller) {
        return answer(usage.prices(caller));
    }

    @PutMapping("/v1/prices")
    ResponseEntity<?> price(
            @AuthenticationPrincipal Caller caller,
            @RequestBody Prices wish,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var expected = Versions.expected(request);
        return dryRun
                ? answer(dryRuns.takenBack(() -> usage.price(caller, expected, wish)))
                : answer(usage.price(caller, expected, wish));
    }

    private static ResponseEntity<Prices> answer(UsageService.Known known) {
        return ResponseEntity.ok().eTag(Versions.etag(known.version())).body(known.prices());
    }
}
