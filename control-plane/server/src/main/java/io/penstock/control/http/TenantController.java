// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CreateRequest;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.TenantSpec;
import io.penstock.api.TenantStatus;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.tenant.Tenant;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.TenantLimits;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.OptionalLong;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/v1/tenants`
@RestController
@RequestMapping("/v1/tenants")
class TenantController {
    private static final String KIND = "Tenant";

    private final TenantService tenants;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    TenantController(TenantService tenants, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.tenants = tenants;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, TenantSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<TenantSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var words = words(request.spec(), checks);
        var limits = limits(request.spec(), checks);
        checks.done();
        if (dryRun) {
            return dryRuns.created(dryRuns.takenBack(() -> view(tenants.create(caller, description, words, limits))));
        }
        var tenant = view(tenants.create(caller, description, words, limits));
        return ResponseEntity.created(URI.create(tenant.metadata().self()))
                .eTag(Versions.etag(tenant))
                .body(tenant);
    }

    @GetMapping
    ResourceList<Resource<TenantSpec, TenantStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = tenants.list(caller, lists.request(request, TenantService.SORTABLE));
        return lists.list(KIND, request, page, TenantController::view, () -> tenants.count(caller));
    }

    @GetMapping("/{tenant}")
    ResponseEntity<Resource<TenantSpec, TenantStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String tenant) {
        return Versions.ok(view(tenants.find(caller, tenant)));
    }

    @PatchMapping(path = "/{tenant}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String tenant,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = tenants.find(caller, tenant);
        var update = bodies.patched(
                new Update(Requests.changeable(current), view(current).spec()), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        var words = words(update.spec(), checks);
        var limits = limits(update.spec(), checks);
        checks.done();
        if (dryRun) {
            var before = view(current);
            return dryRuns.changed(
                    before,
                    dryRuns.takenBack(() -> view(
                            tenants.update(caller, tenant, Versions.expected(request), description, words, limits))));
        }
        return Versions.ok(
                view(tenants.update(caller, tenant, Versions.expected(request), description, words, limits)));
    }

    @DeleteMapping("/{tenant}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String tenant,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return dryRuns.deleted(dryRuns.takenBack(() -> {
                var before = view(tenants.find(caller, tenant));
                tenants.delete(caller, tenant, Versions.expected(request));
                return before;
            }));
        }
        tenants.delete(caller, tenant, Versions.expected(request));
        return ResponseEntity.noContent().build();
    }

    private static String words(@org.jspecify.annotations.Nullable TenantSpec spec, FieldChecks checks) {
        return spec == null ? "" : checks.text("/spec/description", spec.description(), 1000);
    }

    private static TenantLimits limits(@org.jspecify.annotations.Nullable TenantSpec spec, FieldChecks checks) {
        var asked = spec == null ? null : spec.limits();
        return asked == null
                ? TenantLimits.NONE
                : new TenantLimits(
                        limit("/spec/limits/produce_bytes_per_s", asked.produceBytesPerS(), checks),
                        limit("/spec/limits/fetch_bytes_per_s", asked.fetchBytesPerS(), checks),
                        limit("/spec/limits/connections_per_s", asked.connectionsPerS(), checks));
    }

    private static OptionalLong limit(
            String pointer, @org.jspecify.annotations.Nullable Long value, FieldChecks checks) {
        checks.that(value == null || value > 0, pointer, "out_of_range", "1 or more; null: no limit");
        return value == null || value < 1 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static io.penstock.api.@org.jspecify.annotations.Nullable TenantLimits view(TenantLimits limits) {
        return limits.equals(TenantLimits.NONE)
                ? null
                : new io.penstock.api.TenantLimits(
                        orNull(limits.produceBytesPerSecond()),
                        orNull(limits.fetchBytesPerSecond()),
                        orNull(limits.connectionsPerSecond()));
    }

    private static @org.jspecify.annotations.Nullable Long orNull(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : null;
    }

    private static Resource<TenantSpec, TenantStatus> view(Tenant tenant) {
        return Resource.of(
                KIND,
                tenant.id(),
                Requests.metadata(tenant, null, "/v1/tenants/" + tenant.id()),
                new TenantSpec(tenant.words(), view(tenant.limits())),
                new TenantStatus(Phase.READY));
    }
}
