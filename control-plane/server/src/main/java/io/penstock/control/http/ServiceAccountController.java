// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CreateRequest;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.ServiceAccountSpec;
import io.penstock.api.ServiceAccountStatus;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.identity.ServiceAccount;
import io.penstock.control.identity.ServiceAccountService;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
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

/// `/v1/service-accounts`
@RestController
@RequestMapping("/v1/service-accounts")
class ServiceAccountController {
    private static final String KIND = "ServiceAccount";

    private final ServiceAccountService accounts;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    ServiceAccountController(ServiceAccountService accounts, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.accounts = accounts;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, ServiceAccountSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<ServiceAccountSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var words = words(request.spec(), checks);
        var tenantId = Optional.ofNullable(Requests.metadata(request).tenantId())
                .or(caller::onlyTenant)
                .orElse(null);
        var tenant = checks.required("/metadata/tenant_id", tenantId);
        checks.done();
        if (dryRun) {
            return dryRuns.created(dryRuns.takenBack(() -> view(accounts.create(caller, description, tenant, words))));
        }
        var account = view(accounts.create(caller, description, tenant, words));
        return ResponseEntity.created(URI.create(account.metadata().self()))
                .eTag(Versions.etag(account))
                .body(account);
    }

    @GetMapping
    ResourceList<Resource<ServiceAccountSpec, ServiceAccountStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var tenant = Lists.filter(request, "tenant_id");
        var page = accounts.list(caller, tenant, lists.request(request, ServiceAccountService.SORTABLE, "tenant_id"));
        return lists.list(KIND, request, page, ServiceAccountController::view, () -> accounts.count(caller, tenant));
    }

    @GetMapping("/{account}")
    ResponseEntity<Resource<ServiceAccountSpec, ServiceAccountStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String account) {
        return Versions.ok(view(accounts.find(caller, account)));
    }

    @PatchMapping(path = "/{account}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String account,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = accounts.find(caller, account);
        var update = bodies.patched(
                new Update(Requests.changeable(current), view(current).spec()), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        var words = words(update.spec(), checks);
        checks.done();
        if (dryRun) {
            var before = view(current);
            return dryRuns.changed(
                    before,
                    dryRuns.takenBack(() ->
                            view(accounts.update(caller, account, Versions.expected(request), description, words))));
        }
        return Versions.ok(view(accounts.update(caller, account, Versions.expected(request), description, words)));
    }

    @DeleteMapping("/{account}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String account,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return dryRuns.deleted(dryRuns.takenBack(() -> {
                var before = view(accounts.find(caller, account));
                accounts.delete(caller, account, Versions.expected(request));
                return before;
            }));
        }
        accounts.delete(caller, account, Versions.expected(request));
        return ResponseEntity.noContent().build();
    }

    private static String words(@org.jspecify.annotations.Nullable ServiceAccountSpec spec, FieldChecks checks) {
        return spec == null ? "" : checks.text("/spec/description", spec.description(), 1000);
    }

    private static Resource<ServiceAccountSpec, ServiceAccountStatus> view(ServiceAccount account) {
        return Resource.of(
                KIND,
                account.id(),
                Requests.metadata(account, account.tenantId(), "/v1/service-accounts/" + account.id()),
                new ServiceAccountSpec(account.words()),
                new ServiceAccountStatus(Phase.READY, account.principal()));
    }
}
