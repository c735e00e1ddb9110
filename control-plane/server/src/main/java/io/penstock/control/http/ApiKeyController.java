// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ApiKeySpec;
import io.penstock.api.ApiKeyStatus;
import io.penstock.api.ApiKeyStatus.SecretStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.ApiKey;
import io.penstock.control.access.ApiKeyService;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Grant;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Role;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

/// `/v1/api-keys`
@RestController
@RequestMapping("/v1/api-keys")
class ApiKeyController {
    private static final String KIND = "ApiKey";

    private final ApiKeyService keys;
    private final Scopes scopes;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    ApiKeyController(ApiKeyService keys, Scopes scopes, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.keys = keys;
        this.scopes = scopes;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH: what a key may do never changes, its description may.
    record Update(UpdateRequest.Metadata metadata) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<ApiKeySpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var spec = request.spec() == null ? new ApiKeySpec(null, null, null, null) : request.spec();
        checks.required("/spec/role", spec.role());
        var role = checks.oneOf("/spec/role", spec.role(), Role.class, Role.VIEWER);
        var only = permissions(spec, role, checks);
        checks.done();
        var tenantId =
                Optional.ofNullable(Requests.metadata(request).tenantId()).or(caller::onlyTenant);
        var grant = Grant.of(role, only, scopes.scope(caller, tenantId, Optional.ofNullable(spec.clusterId())));
        if (dryRun) {
            return dryRuns.created(dryRuns.takenBack(() -> view(
                    keys.create(caller, description, grant, Optional.ofNullable(spec.expiresAt()))
                            .key(),
                    null)));
        }
        var issued = keys.create(caller, description, grant, Optional.ofNullable(spec.expiresAt()));
        IdempotencyFilter.secretBearing(http, view(issued.key(), null));
        var key = view(issued.key(), issued.secret());
        return ResponseEntity.created(URI.create(key.metadata().self()))
                .eTag(Versions.etag(key))
                .body(key);
    }

    @GetMapping
    ResourceList<Resource<ApiKeySpec, ApiKeyStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = keys.list(caller, lists.request(request, ApiKeyService.SORTABLE));
        return lists.list(KIND, request, page, key -> view(key, null), () -> keys.count(caller));
    }

    @GetMapping("/{key}")
    ResponseEntity<Resource<ApiKeySpec, ApiKeyStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String key) {
        return Versions.ok(view(keys.find(caller, key), null));
    }

    @PatchMapping(path = "/{key}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String key,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = keys.find(caller, key);
        var update = bodies.patched(new Update(Requests.changeable(current)), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<Void>(update.metadata(), null), checks);
        checks.done();
        if (dryRun) {
            var before = view(current, null);
            return dryRuns.changed(
                    before,
                    dryRuns.takenBack(
                            () -> view(keys.update(caller, key, Versions.expected(request), description), null)));
        }
        return Versions.ok(view(keys.update(caller, key, Versions.expected(request), description), null));
    }

    @DeleteMapping("/{key}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String key,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return dryRuns.deleted(dryRuns.takenBack(() -> {
                var before = view(keys.find(caller, key), null);
                keys.delete(caller, key, Versions.expected(request));
                return before;
            }));
        }
        keys.delete(caller, key, Versions.expected(request));
        return ResponseEntity.noContent().build();
    }

    private static Set<Permission> permissions(ApiKeySpec spec, Role role, FieldChecks checks) {
        var wanted = EnumSet.noneOf(Permission.class);
        var texts = spec.permissions() == null ? List.<String>of() : spec.permissions();
        for (int i = 0; i < texts.size(); i++) {
            var permission = Permission.ofText(String.valueOf(texts.get(i))).filter(role::allows);
            checks.that(
                    permission.isPresent(),
                    "/spec/permissions/" + i,
                    "unknown_value",
                    "of this role: "
                            + role.permissions().stream().map(Permission::text).toList());
            permission.ifPresent(wanted::add);
        }
        return wanted;
    }

    private static Resource<ApiKeySpec, ApiKeyStatus> view(ApiKey key, @Nullable String secret) {
        return Resource.of(
                KIND,
                key.id(),
                Requests.metadata(key, key.tenantId().orElse(null), "/v1/api-keys/" + key.id()),
                new ApiKeySpec(
                        key.grant().role().name(),
                        key.grant().scope().cluster().orElse(null),
                        key.permissions(),
                        key.expiresAt().orElse(null)),
                new ApiKeyStatus(
                        Phase.READY, secret, secret == null ? SecretStatus.NOT_RETRIEVABLE : SecretStatus.SHOWN_ONCE));
    }
}
